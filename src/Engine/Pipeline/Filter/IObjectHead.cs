using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Gives one number for an object. Safe to call from several workers at once.</summary>
public interface IObjectHead : IDisposable
{
    /// <summary>Scores a batch.</summary>
    /// <param name="items">1 or more.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One number an item, in order; NaN or infinite where the model gave that.</returns>
    ValueTask<IReadOnlyList<double>> ScoreAsync(IReadOnlyList<Embedded> items, CancellationToken stopping);
}
