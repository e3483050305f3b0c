using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;

namespace Engine.Tests.Pipeline.Generate;

/// <summary>Answers each prompt as it is told.</summary>
internal sealed class FakeGenerator(int batchMax, Func<Prompt, Outcome<Generated>> make, string name = "fake")
    : IImageGenerator
{
    public string Name => name;

    public int BatchMax => batchMax;

    public long PictureBytesMax => 16 * 16 * 3;

    public int BatchLargest { get; private set; }

    public int Asked { get; private set; }

    public ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        (BatchLargest, Asked) = (Math.Max(BatchLargest, prompts.Count), Asked + prompts.Count);
        return ValueTask.FromResult<IReadOnlyList<Outcome<Generated>>>([.. prompts.Select(make)]);
    }

    public void Dispose()
    {
    }
}
