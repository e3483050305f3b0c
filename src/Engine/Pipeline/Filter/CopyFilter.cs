using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Drops an item that is a copy of a real picture, and notes the nearest one of every other.</summary>
/// <param name="options">The bound, in its copies section.</param>
/// <param name="pictures">The pictures; owned by the caller.</param>
/// <remarks>A generator that learned a picture by heart gives it back: such a sample teaches nothing new, and may show
/// what was not to be shown.</remarks>
public sealed class CopyFilter(FilterOptions options, IRealPictures pictures) : IFilter
{
    private readonly CopyOptions _how = options.Copies!;

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the index.</exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string? category = _how.AllCategories ? null : item.Annotated.Picture.Prompt.Category;
        IReadOnlyList<RealNeighbour> nearest = pictures.Nearest(category, item.Embedding.Span, 1);
        if (nearest.Count == 0)
        {
            return ValueTask.FromResult(Outcome.Keep(item));
        }

        // Written so that NaN is rejected: every comparison with it is false.
        if (!(nearest[0].Cosine <= _how.Max))
        {
            return ValueTask.FromResult(Outcome.Drop<Embedded>(
                RejectReason.NearCopy,
                $"{Name}: the cosine to '{nearest[0].Id}' is {nearest[0].Cosine:G6}; at most {_how.Max:G6} is wanted"));
        }

        return ValueTask.FromResult(Outcome.Keep(
            FilterVerdict.Noted(item, Name, nearest[0].Cosine, _how.Max, nearest[0].Id)));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        string among = _how.AllCategories ? "all categories" : $"'{category}'";
        IReadOnlyList<string> lines =
        [
            $"largest cosine to a real picture of {among}; at most max {_how.Max:G6}",
            .. NearestLines.Of(
                pictures.Nearest(_how.AllCategories ? null : category, item.Embedding.Span, NearestLines.Shown)),
        ];
        return ValueTask.FromResult(lines);
    }
}
