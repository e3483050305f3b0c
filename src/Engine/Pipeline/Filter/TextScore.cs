using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>How far an object agrees with the text of its category: the cosine, or its lead over those of other names.
/// </summary>
/// <remarks>Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision", 2021: the
/// cosine of a picture's and a text's embedding.</remarks>
public sealed class TextScore
{
    private const int TextsKeptMax = 100_000;

    private readonly TextOptions _options;
    private readonly ITextEmbedder _embedder;
    private readonly ConcurrentDictionary<string, float[]> _byCategory = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, float[]> _others;

    private TextScore(TextOptions options, ITextEmbedder embedder, IReadOnlyDictionary<string, float[]> others) =>
        (_options, _embedder, _others) = (options, embedder, others);

    /// <summary>Embeds the texts of the other names.</summary>
    /// <param name="options">The template and the other names.</param>
    /// <param name="embedder">Makes points of texts in the space of the items' embeddings; owned by the caller.</param>
    /// <param name="stopping">Ends the embedding.</param>
    public static async Task<TextScore> MakeAsync(
        TextOptions options, ITextEmbedder embedder, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(embedder);
        string[] names = [.. options.Against.Distinct(StringComparer.Ordinal)];
        IReadOnlyList<float[]> points = names.Length == 0
            ? []
            : await embedder.EmbedAsync([.. names.Select(name => Text(options, name))], stopping).ConfigureAwait(false);
        return new TextScore(
            options, embedder, names.Zip(points).ToDictionary(pair => pair.First, pair => pair.Second));
    }

    /// <summary>Scores an item.</summary>
    /// <param name="item">The item, embedded.</param>
    /// <param name="stopping">Ends the embedding of its text.</param>
    /// <returns>The cosine to the own text, and the other name whose text is nearest with its cosine; null without
    /// other names.</returns>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the texts'.</exception>
    public async ValueTask<(double Own, RealNeighbour? Other)> OfAsync(Embedded item, CancellationToken stopping)
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

        return (TensorPrimitives.Dot<float>(own, item.Embedding.Span), Highest(item.Embedding.Span, category));
    }

    private RealNeighbour? Highest(ReadOnlySpan<float> embedding, string category)
    {
        RealNeighbour? highest = null;
        foreach ((string other, float[] point) in _others)
        {
            double found = TensorPrimitives.Dot<float>(point, embedding);
            if (other != category && (highest is not { } best || found > best.Cosine))
            {
                highest = new RealNeighbour(other, found);
            }
        }

        return highest;
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

    private static string Text(TextOptions options, string name) =>
        options.Template.Replace("{name}", name, StringComparison.Ordinal);
}
