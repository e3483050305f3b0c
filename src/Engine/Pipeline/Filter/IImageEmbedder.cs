using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Turns pictures into points. Safe to call from several workers at once.</summary>
public interface IImageEmbedder : IDisposable
{
    /// <summary>The configured name, for lineage and metrics.</summary>
    string Name { get; }

    /// <summary>Length d of an embedding.</summary>
    int Width { get; }

    /// <summary>Pictures taken at most in one call, at least 1.</summary>
    int BatchMax { get; }

    /// <summary>Embeds a batch.</summary>
    /// <param name="images">1 to <see cref="BatchMax"/> pictures of any size.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One [d] f32 of L2 length 1 a picture, in order, or a drop (<c>nonfinite</c>).</returns>
    ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(IReadOnlyList<RgbImage> images, CancellationToken stopping);
}
