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
        return ValueTask.FromResult(FilterVerdict.Of(options, item, Measure(item), options.Measure));
    }

    private double Measure(Embedded item) =>
        item.Scores.TryGetValue(options.Measure, out double score) ? score
        : options.Measure == "predicted_iou" ? item.Annotated.PredictedIou
        : item.Annotated.Measures.TryGetValue(options.Measure, out double measure) ? measure
        : throw new InvalidDataException(
            $"Filter '{Name}' asks for '{options.Measure}'; there are: predicted_iou, "
            + string.Join(", ", item.Annotated.Measures.Keys.Concat(item.Scores.Keys).Order(StringComparer.Ordinal)));
}
