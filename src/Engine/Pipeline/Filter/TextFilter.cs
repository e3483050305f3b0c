using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item that agrees with the text of its category. What is no number agrees with nothing.</summary>
public sealed class TextFilter : IFilter
{
    private readonly FilterOptions _options;
    private readonly TextScore _score;

    private TextFilter(FilterOptions options, TextScore score) => (_options, _score) = (options, score);

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
        return new TextFilter(
            options, await TextScore.MakeAsync(options.Text!, embedder, stopping).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the texts'.</exception>
    public async ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        (double own, RealNeighbour? other) = await _score.OfAsync(item, stopping).ConfigureAwait(false);
        return FilterVerdict.Of(
            _options,
            item,
            own - (other?.Cosine ?? 0),
            other is { } highest ? $"the cosine less that to '{highest.Id}'" : "the cosine",
            $" for '{item.Annotated.Picture.Prompt.Category}'",
            other?.Id);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        (double own, RealNeighbour? other) = await _score.OfAsync(item, stopping).ConfigureAwait(false);
        return
        [
            $"cosine to the text of '{item.Annotated.Picture.Prompt.Category}' {own:F4}",
            .. other is { } highest ? [$"less that to the text of '{highest.Id}' {highest.Cosine:F4}"] : (string[])[],
        ];
    }
}
