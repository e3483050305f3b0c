using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>The embed stage: each object becomes a point; without an embedder items pass as they are.</summary>
/// <param name="embedder">Makes the points; owned by the caller. Null when none is configured.</param>
/// <param name="background">What stands outside the object.</param>
public sealed class EmbedStep(IImageEmbedder? embedder, EmbedBackground background)
{
    private static readonly IReadOnlyDictionary<string, double> NoScores = new Dictionary<string, double>();

    /// <summary>Embeds a batch.</summary>
    /// <param name="items">1 or more; more than the embedder takes are embedded in several calls.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome an item, in order; a drop where the embedder drops (nonfinite).</returns>
    /// <exception cref="InvalidOperationException">The embedder answered for fewer pictures than given.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Embedded>>> RunAsync(
        IReadOnlyList<Annotated> items, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (embedder is null)
        {
            return [.. items.Select(item => Outcome.Keep(new Embedded(item, ReadOnlyMemory<float>.Empty, NoScores)))];
        }

        List<Outcome<Embedded>> outcomes = new(items.Count);
        foreach (Annotated[] batch in items.Chunk(embedder.BatchMax))
        {
            RgbImage[] pictures = [.. batch.Select(item => OnBackground(item, background))];
            IReadOnlyList<Outcome<float[]>> points =
                await embedder.EmbedAsync(pictures, stopping).ConfigureAwait(false);
            if (points.Count != batch.Length)
            {
                throw new InvalidOperationException(
                    $"Embedder '{embedder.Name}' answered for {points.Count} of {batch.Length} pictures.");
            }

            outcomes.AddRange(batch.Zip(points, (item, point) => point.DropReason is { } reason
                ? Outcome.Drop<Embedded>(reason, point.Detail)
                : Outcome.Keep(new Embedded(item, point.Value!, NoScores))));
        }

        return outcomes;
    }

    internal static RgbImage OnBackground(Annotated item, EmbedBackground background)
    {
        RgbImage image = item.Picture.Image;
        if (background == EmbedBackground.Keep)
        {
            return image;
        }

        byte outside = background == EmbedBackground.White ? (byte)255 : (byte)0;
        byte[] pixels = [.. image.Pixels];
        for (int i = 0; i < item.Mask.Values.Length; i++)
        {
            if (item.Mask.Values[i] == 0)
            {
                pixels.AsSpan(i * 3, 3).Fill(outside);
            }
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }
}
