using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item whose score by a model lies within bounds. What is no number lies within none.</summary>
/// <param name="options">The bounds, in its head section.</param>
/// <param name="head">The model; owned by the caller.</param>
public sealed class HeadFilter(FilterOptions options, IObjectHead head) : IFilter
{
    private readonly (double Min, double Max) _bounds = (
        options.Head!.Min ?? double.NegativeInfinity, options.Head!.Max ?? double.PositiveInfinity);

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    public async ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        double score = (await head.ScoreAsync([item], stopping).ConfigureAwait(false))[0];

        // Written so that NaN is rejected: every comparison with it is false.
        return score >= _bounds.Min && score <= _bounds.Max
            ? Outcome.Keep(item with { Scores = new Dictionary<string, double>(item.Scores) { [Name] = score } })
            : Outcome.Drop<Embedded>(
                score > _bounds.Max ? RejectReason.ScoreHigh : RejectReason.ScoreLow,
                $"{Name}: the score is {score:G6}; {Wanted()} is wanted");
    }

    private string Wanted() => string.Join(
        " and ",
        new[]
        {
            options.Head!.Min is { } min ? $"at least {min:G6}" : "",
            options.Head!.Max is { } max ? $"at most {max:G6}" : "",
        }.Where(bound => bound.Length > 0).DefaultIfEmpty("a number"));
}
