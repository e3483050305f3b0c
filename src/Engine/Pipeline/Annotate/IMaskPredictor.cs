using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Annotate;

/// <summary>Finds the object of a picture. Safe to call from several workers at once.</summary>
public interface IMaskPredictor : IDisposable
{
    /// <summary>The configured name, for lineage and metrics.</summary>
    string Name { get; }

    /// <summary>Predicts candidate masks of the one object.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>1 or more candidates in the model's order, or a drop with a reason (<c>nonfinite</c>).</returns>
    ValueTask<Outcome<IReadOnlyList<MaskCandidate>>> PredictAsync(RgbImage image, CancellationToken stopping);
}
