using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>One link of the filter chain: what is looked at, and the least it must be.</summary>
public sealed record FilterOptions : ICheckedOptions
{
    /// <summary>The filter's name: the key of its score in the sample's JSON. Required, unique in the chain.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is compared: a score of a filter before it, predicted_iou, or a measure of the annotate stage
    /// (area_ratio, border_px, background_deviation ...). Either this or <see cref="Prototypes"/>.</summary>
    public string Measure { get; init; } = "";

    /// <summary>The real pictures to which the mean cosine is taken; needs an embedder. Either this or
    /// <see cref="Measure"/>.</summary>
    public PrototypeOptions? Prototypes { get; init; }

    /// <summary>The least value that passes; any finite number. A cosine's has to be found anew for every embedder: the
    /// reference's 0.6 belongs to CLIP ViT-L/14. Default 0.</summary>
    public double Min { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return new(nameof(Name), "is empty; a filter needs a name");
        }

        if (string.IsNullOrWhiteSpace(Measure) == Prototypes is null)
        {
            yield return new(
                nameof(Measure),
                Prototypes is null
                    ? "is empty; it must name a measure or a score, or the filter must have prototypes"
                    : $"is '{Measure}'; it must be left out of a filter that has prototypes");
        }

        if (!double.IsFinite(Min))
        {
            yield return new(nameof(Min), $"is {Min}; it must be a finite number");
        }
    }
}
