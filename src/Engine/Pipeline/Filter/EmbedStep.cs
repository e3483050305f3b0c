using Engine.Crops;
using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>The embed stage: each object becomes a point; without an embedder items pass as they are.</summary>
/// <param name="embedder">Makes the points; owned by the caller. Null when none is configured.</param>
/// <param name="recipe">How an object is cut out of its picture before.</param>
public sealed class EmbedStep(IImageEmbedder? embedder, CropRecipe recipe)
{
    private static readonly IReadOnlyDictionary<string, double> NoScores = new Dictionary<string, double>();

    /// <summary>Embeds a batch.</summary>
    /// <param name="items">1 or more; more than the embedder takes are embedded in several calls.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome an item, in order; a drop where the embedder drops (nonfinite), and of an object without a
    /// pixel (empty).</returns>
    /// <exception cref="InvalidOperationException">The embedder answered for fewer pictures than given.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Embedded>>> RunAsync(
        IReadOnlyList<Annotated> items, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (embedder is null)
        {
            return [.. items.Select(item => Outcome.Keep(new Embedded(item, ReadOnlyMemory<float>.Empty, NoScores)))];
        }

        Outcome<Embedded>[] outcomes = new Outcome<Embedded>[items.Count];
        foreach (int[] batch in Enumerable.Range(0, items.Count).Chunk(embedder.BatchMax))
        {
            // Crops are made batch by batch: beside the pictures themselves no more than one batch is held.
            (int At, RgbImage Crop)[] crops = [.. Crops(items, batch, outcomes)];
            if (crops.Length == 0)
            {
                continue;
            }

            IReadOnlyList<Outcome<float[]>> points =
                await embedder.EmbedAsync([.. crops.Select(one => one.Crop)], stopping).ConfigureAwait(false);
            if (points.Count != crops.Length)
            {
                throw new InvalidOperationException(
                    $"Embedder '{embedder.Name}' answered for {points.Count} of {crops.Length} pictures.");
            }

            foreach (((int at, _), Outcome<float[]> point) in crops.Zip(points))
            {
                outcomes[at] = point.DropReason is { } reason
                    ? Outcome.Drop<Embedded>(reason, point.Detail)
                    : Outcome.Keep(new Embedded(items[at], point.Value!, NoScores));
            }
        }

        return outcomes;
    }

    /// <summary>The crops of a batch; an object without one gets its outcome here.</summary>
    private IEnumerable<(int At, RgbImage Crop)> Crops(
        IReadOnlyList<Annotated> items, int[] batch, Outcome<Embedded>[] outcomes)
    {
        foreach (int at in batch)
        {
            Annotated item = items[at];
            if (ObjectCrop.Cut(item.Picture.Image, item.Box, item.Mask, recipe) is { } crop)
            {
                yield return (at, crop);
            }
            else
            {
                outcomes[at] = Outcome.Drop<Embedded>(RejectReason.Empty, $"{item.Box} has no pixel of the object");
            }
        }
    }
}
