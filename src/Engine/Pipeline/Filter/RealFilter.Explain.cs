using Engine.Items;

namespace Engine.Pipeline.Filter;

public sealed partial class RealFilter
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        if (_pictures.Has(category))
        {
            return ValueTask.FromResult<IReadOnlyList<string>>(
            [
                .. ScoreLines(category, item.Embedding.Span), .. BoundLines(category),
                .. NearestLines.Of(_pictures.Nearest(category, item.Embedding.Span, NearestLines.Shown)),
            ]);
        }

        return _fallBack is not null
            ? _fallBack.ExplainAsync(item, stopping)
            : ValueTask.FromResult<IReadOnlyList<string>>(
            [
                $"the index has no real picture of '{category}': missing is "
                    + (_how.Missing == MissingCategory.Reject ? "reject" : "pass"),
            ]);
    }

    private IEnumerable<string> ScoreLines(string category, ReadOnlySpan<float> point)
    {
        (double score, RealNeighbour? to) = Score(category, point);
        if (_how.Score != RealScore.Margin || to is not { } other)
        {
            return [$"score {score:F4}: {What(to)}"];
        }

        return
        [
            $"score {score:F4} = cosine to the mean of '{category}' {_pictures.Margin(category, point).Own:F4} - to "
                + $"that of '{other.Id}' {other.Cosine:F4}",
        ];
    }

    private IEnumerable<string> BoundLines(string category)
    {
        if (_stated.ContainsKey(CategoryName.Key(category)))
        {
            return [$"bound {Bound(category):F4}: stated for '{category}' in thresholds"];
        }

        if (_calibrated is null)
        {
            return [$"bound {Bound(category):F4}: min"];
        }

        RealThreshold made = _calibrated(category);
        return
        [
            $"bound {Bound(category):F4} = min {_options.Min:G6} + calibrated {made.Value:F4}",
            $"calibrated {made.Value:F4} = mean {made.Mean:F4} + z {made.Z:F4} * deviation {made.Deviation:F4}, for "
                + $"{_how.RejectShare:P1} of real pictures",
            made.Pictures == 0
                ? $"mean {made.Mean:F4}: that of all categories; '{category}' is in one picture only"
                : $"mean {made.Mean:F4}: the {made.OwnMean:F4} of {made.Pictures} pictures of '{category}', drawn to "
                    + "that of all categories",
        ];
    }
}
