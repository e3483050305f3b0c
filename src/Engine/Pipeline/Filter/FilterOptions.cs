using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>One link of the filter chain: a measure and the least it must be.</summary>
public sealed record FilterOptions : ICheckedOptions
{
    /// <summary>The filter's name: the key of its score in the sample's JSON. Required, unique in the chain.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is compared: a score of a filter before it, predicted_iou, or a measure of the annotate stage
    /// (area_ratio, border_px, background_deviation ...). Required.</summary>
    public string Measure { get; init; } = "";

    /// <summary>The least value that passes; any finite number. Default 0.</summary>
    public double Min { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return new(nameof(Name), "is empty; a filter needs a name");
        }

        if (string.IsNullOrWhiteSpace(Measure))
        {
            yield return new(nameof(Measure), "is empty; it must name a measure or a score");
        }

        if (!double.IsFinite(Min))
        {
            yield return new(nameof(Min), $"is {Min}; it must be a finite number");
        }
    }
}
