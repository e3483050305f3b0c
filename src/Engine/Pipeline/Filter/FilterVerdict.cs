using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>What every filter does with its score: notes it on the item, or drops the item.</summary>
internal static class FilterVerdict
{
    /// <summary>Keeps an item whose score is at least the filter's threshold. What is no number is not at least
    /// anything.</summary>
    /// <param name="options">The filter's name and threshold.</param>
    /// <param name="item">The item, with the scores of the filters before this one.</param>
    /// <param name="score">This filter's score.</param>
    /// <param name="what">What the score is, for the rejection's detail.</param>
    /// <param name="wantedFor">What the threshold is wanted for, said last in the detail; may be empty.</param>
    /// <returns>The item with the score added, or a drop.</returns>
    public static Outcome<Embedded> Of(
        FilterOptions options, Embedded item, double score, string what, string wantedFor = "")
    {
        // Written so that NaN is rejected: every comparison with it is false.
        if (!(score >= options.Min))
        {
            return Outcome.Drop<Embedded>(
                RejectReason.ScoreLow,
                $"{options.Name}: {what} is {score:G6}; at least {options.Min:G6} is wanted{wantedFor}");
        }

        Dictionary<string, double> scores = new(item.Scores) { [options.Name] = score };
        return Outcome.Keep(item with { Scores = scores });
    }
}
