using System.Runtime.CompilerServices;
using Engine.Crops;
using Engine.Imaging;
using Engine.Index.Sources;
using Engine.Items;

namespace Engine.Index;

/// <summary>What an index can be built from.</summary>
public static class IndexSources
{
    /// <summary>Objects in pictures, cut out by a recipe. Crowds are passed over: they are no single object.</summary>
    /// <param name="name">For people.</param>
    /// <param name="real">The objects; owned by the caller.</param>
    /// <param name="recipe">How they are cut out.</param>
    /// <param name="limits">What a picture's file may hold.</param>
    public static IndexSource Of(string name, IRealSource real, CropRecipe recipe, ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(real);
        return new IndexSource(
            name, [.. real.Categories.Select(category => (category.Id, category.Name, category.Frequency))],
            stopping => Cut(real, recipe, limits, stopping), real.InstancesMax);
    }

    /// <summary>Embeddings that exist already. They are read twice: the categories are known only then.</summary>
    /// <param name="name">For people.</param>
    /// <param name="open">Opens the embeddings from their beginning.</param>
    /// <param name="stopping">Ends the first reading.</param>
    /// <exception cref="InvalidDataException">They cannot be read as a whole.</exception>
    public static async Task<IndexSource> OfEmbeddingsAsync(
        string name, Func<IEmbeddingSource> open, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(open);
        Dictionary<string, long> categories = new(StringComparer.Ordinal);
        long count = 0;
        await using (IEmbeddingSource first = open())
        {
            await foreach (RealEmbedding one in first.ReadAsync(stopping).ConfigureAwait(false))
            {
                categories.TryAdd(one.Category, categories.Count + 1);
                count++;
            }
        }

        return new IndexSource(
            name, [.. categories.Select(category => (category.Value, category.Key, (string?)null))],
            again => Points(open, categories, again), count);
    }

    /// <summary>The rows of an index, for another one to go on from.</summary>
    /// <param name="index">The index; it stays open while the source is read.</param>
    public static IndexSource Of(RealIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return new IndexSource(
            index.Info.Source,
            [.. index.Info.Categories.Select(category => (category.Id, category.Name, category.Frequency))],
            stopping => Rows(index, stopping), index.Rows.Count);
    }

    /// <summary>One source after the other; categories of one name are one.</summary>
    /// <param name="first">The first; its numbers of categories stay.</param>
    /// <param name="second">The second.</param>
    public static IndexSource Both(IndexSource first, IndexSource second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Dictionary<string, long> byName = new(StringComparer.Ordinal);
        foreach ((long id, string name, _) in first.Categories)
        {
            byName.TryAdd(name, id);
        }

        long next = first.Categories.Select(category => category.Id).DefaultIfEmpty().Max();
        Dictionary<long, long> renumbered = [];
        List<(long Id, string Name, string? Frequency)> all = [.. first.Categories];
        foreach ((long id, string name, string? frequency) in second.Categories)
        {
            if (!byName.TryGetValue(name, out long known))
            {
                known = ++next;
                byName.Add(name, known);
                all.Add((known, name, frequency));
            }

            renumbered.TryAdd(id, known);
        }

        return new IndexSource(
            $"{first.Name} and {second.Name}", all, stopping => Chain(first, second, renumbered, stopping),
            first.Count + second.Count);
    }

    private static async IAsyncEnumerable<IndexItem> Cut(
        IRealSource real, CropRecipe recipe, ImageLimits limits,
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (RealGroup group in real.ReadAsync(stopping).ConfigureAwait(false))
        {
            // Decoded when the first of its objects is, by whichever thread comes first; gone with the last of them.
            Lazy<RgbImage> whole = new(() => RealPicture.Load(group, limits, real.Problems)
                ?? throw new InvalidDataException($"the picture {group.Image.Name} cannot be used"));
            bool isWhole = group.Instances is [{ Box: null, Segmentation: null }];
            foreach (RealInstance one in group.Instances)
            {
                string id = isWhole ? group.Image.Name : $"{group.Image.Name}#{one.Id}";
                yield return new IndexItem(id, one.Category.Id)
                {
                    PassedOver = one.IsCrowd ? "crowd" : null,
                    Picture = () => InstanceCrop.Cut(whole.Value, one, recipe)
                        ?? throw new InvalidDataException("its box or mask has no pixel of the picture"),
                };
            }
        }
    }

    private static async IAsyncEnumerable<IndexItem> Points(
        Func<IEmbeddingSource> open, Dictionary<string, long> categories,
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await using IEmbeddingSource source = open();
        await foreach (RealEmbedding one in source.ReadAsync(stopping).ConfigureAwait(false))
        {
            yield return new IndexItem(one.Id, categories.GetValueOrDefault(one.Category)) { Point = one.Point };
        }
    }

    private static async IAsyncEnumerable<IndexItem> Rows(
        RealIndex index, [EnumeratorCancellation] CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (int row = 0; row < index.Rows.Count; row++)
        {
            stopping.ThrowIfCancellationRequested();
            float[] point = new float[index.Rows.Width];
            index.Rows.Read(row, point);
            long category = index.Info.Categories[index.Rows.Categories[row]].Id;
            yield return new IndexItem(index.IdOf(row), category) { Point = point };
        }
    }

    private static async IAsyncEnumerable<IndexItem> Chain(
        IndexSource first, IndexSource second, Dictionary<long, long> renumbered,
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (IndexItem item in first.Items(stopping).ConfigureAwait(false))
        {
            yield return item;
        }

        await foreach (IndexItem item in second.Items(stopping).ConfigureAwait(false))
        {
            yield return item with { CategoryId = renumbered.GetValueOrDefault(item.CategoryId, -1) };
        }
    }
}
