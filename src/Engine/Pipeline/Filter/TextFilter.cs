using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item that agrees with the text of its category. What is no number agrees with nothing.</summary>
/// <remarks>Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021: the
/// cosine of a picture's and a text's embedding.</remarks>
public sealed class TextFilter : IFilter
{
    private const int TextsKeptMax = 100_000;

    private readonly FilterOptions _options;
    private readonly ITextEmbedder _embedder;
    private readonly ConcurrentDictionary<string, float[]> _byCategory = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, float[]> _others;

    private TextFilter(FilterOptions options, ITextEmbedder embedder, IReadOnlyDictionary<string, float[]> others) =>
        (_options, _embedder, _others) = (options, embedder, others);

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Makes the filter and embeds the texts it compares with.</summary>
    /// <param name="options">The threshold, and in its text the template and the other names.</param>
    /// <param name="embedder">Makes points of texts in the space of the items' embeddings; owned by the caller.</param>
    /// <param name="stopping">Ends the embedding.</param>
    public static async Task<TextFilter> MakeAsync(
        FilterOptions options, ITextEmbedder embedder, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(embedder);
        string[] names = [.. options.Text!.Against.Distinct(StringComparer.Ordinal)];
        IReadOnlyList<float[]> points = names.Length == 0
            ? []
            : await embedder.EmbedAsync([.. names.Select(name => Text(options, name))], stopping).ConfigureAwait(false);
        return new TextFilter(
            options, embedder, names.Zip(points).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the texts'.</exception>
    public async ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        float[] own = await OwnAsync(category, stopping).ConfigureAwait(false);
        if (own.Length != item.Embedding.Length)
        {
            throw new InvalidDataException(
                $"An embedding of {item.Embedding.Length} numbers cannot be compared with texts embedded to "
                + $"{own.Length}.");
        }

        (string other, double highest) = Highest(item.Embedding.Span, category);
        return FilterVerdict.Of(
            _options,
            item,
            TensorPrimitives.Dot<float>(own, item.Embedding.Span) - highest,
            other.Length > 0 ? $"the cosine less that to '{other}'" : "the cosine",
            $" for '{category}'");
    }

    private (string Name, double Cosine) Highest(ReadOnlySpan<float> embedding, string category)
    {
        (string name, double cosine) = ("", 0);
        foreach ((string other, float[] point) in _others)
        {
            double found = TensorPrimitives.Dot<float>(point, embedding);
            if (other != category && (name.Length == 0 || found > cosine))
            {
                (name, cosine) = (other, found);
            }
        }

        return (name, cosine);
    }

    private async ValueTask<float[]> OwnAsync(string category, CancellationToken stopping)
    {
        if (_others.TryGetValue(category, out float[]? known) || _byCategory.TryGetValue(category, out known))
        {
            return known;
        }

        float[] point = (await _embedder.EmbedAsync([Text(_options, category)], stopping).ConfigureAwait(false))[0];
        if (_byCategory.Count < TextsKeptMax)
        {
            _byCategory.TryAdd(category, point);
        }

        return point;
    }

    private static string Text(FilterOptions options, string name) =>
        options.Text!.Template.Replace("{name}", name, StringComparison.Ordinal);
}
