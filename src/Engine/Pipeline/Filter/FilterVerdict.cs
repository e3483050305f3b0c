using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>What every filter does with its score: notes it on the item, with its bound, or drops the item.</summary>
internal static class FilterVerdict
{
    /// <summary>Keeps an item whose score is at least the filter's threshold. What is no number is not at least
    /// anything.</summary>
    /// <param name="options">The filter's name and threshold.</param>
    /// <param name="item">The item, with the scores of the filters before this one.</param>
    /// <param name="score">This filter's score.</param>
    /// <param name="what">What the score is, for the rejection's detail.</param>
    /// <param name="wantedFor">What the threshold is wanted for, said last in the detail; may be empty.</param>
    /// <param name="neighbour">What the score was taken to, for the item's neighbours; may be null.</param>
    /// <returns>The item with the score added, or a drop.</returns>
    public static Outcome<Embedded> Of(
        FilterOptions options, Embedded item, double score, string what, string wantedFor = "",
        string? neighbour = null)
    {
        // Written so that NaN is rejected: every comparison with it is false.
        if (!(score >= options.Min))
        {
            return Outcome.Drop<Embedded>(
                RejectReason.ScoreLow,
                $"{options.Name}: {what} is {score:G6}; at least {options.Min:G6} is wanted{wantedFor}");
        }

        return Outcome.Keep(Noted(item, options.Name, score, options.Min, neighbour));
    }

    /// <summary>Notes a score that passed.</summary>
    /// <param name="item">The item.</param>
    /// <param name="name">The score's name.</param>
    /// <param name="score">The score.</param>
    /// <param name="bound">What it was compared with.</param>
    /// <param name="neighbour">What the score was taken to; null for nothing.</param>
    public static Embedded Noted(Embedded item, string name, double score, double bound, string? neighbour) =>
        item with
        {
            Scores = new Dictionary<string, double>(item.Scores) { [name] = score },
            Bounds = new Dictionary<string, double>(item.Bounds) { [name] = bound },
            Neighbours = neighbour is null
                ? item.Neighbours
                : new Dictionary<string, string>(item.Neighbours) { [name] = neighbour },
        };
}
