using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;

namespace Engine.Tests.Pipeline.Annotate;

/// <summary>Proposes what a test says.</summary>
internal sealed class FakeMaskPredictor(Outcome<IReadOnlyList<MaskCandidate>> answer) : IMaskPredictor
{
    public FakeMaskPredictor(params MaskCandidate[] candidates)
        : this(Outcome.Keep<IReadOnlyList<MaskCandidate>>(candidates))
    {
    }

    public string Name => "fake";

    public int Calls { get; private set; }

    public ValueTask<Outcome<IReadOnlyList<MaskCandidate>>> PredictAsync(RgbImage image, CancellationToken stopping)
    {
        Calls++;
        return ValueTask.FromResult(answer);
    }

    public void Dispose()
    {
    }
}
