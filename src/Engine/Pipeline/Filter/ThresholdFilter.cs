using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item whose measure is at least a threshold. What is no number is not at least anything.</summary>
/// <param name="options">The measure and the threshold.</param>
public sealed class ThresholdFilter(FilterOptions options) : IFilter
{
    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item has no such measure: the configuration names a wrong one.
    /// </exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        double score = Measure(item);

        // Written so that NaN is rejected: every comparison with it is false.
        if (!(score >= options.Min))
        {
            return ValueTask.FromResult(Outcome.Drop<Embedded>(
                RejectReason.ScoreLow,
                $"{Name}: {options.Measure} is {score:G6}; at least {options.Min:G6} is wanted"));
        }

        Dictionary<string, double> scores = new(item.Scores) { [Name] = score };
        return ValueTask.FromResult(Outcome.Keep(item with { Scores = scores }));
    }

    private double Measure(Embedded item) =>
        item.Scores.TryGetValue(options.Measure, out double score) ? score
        : options.Measure == "predicted_iou" ? item.Annotated.PredictedIou
        : item.Annotated.Measures.TryGetValue(options.Measure, out double measure) ? measure
        : throw new InvalidDataException(
            $"Filter '{Name}' asks for '{options.Measure}'; there are: predicted_iou, "
            + string.Join(", ", item.Annotated.Measures.Keys.Concat(item.Scores.Keys).Order(StringComparer.Ordinal)));
}
