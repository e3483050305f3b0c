using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>One link of the filter chain: what is looked at, and the least it must be.</summary>
public sealed record FilterOptions : ICheckedOptions
{
    /// <summary>The filter's name: the key of its score in the sample's JSON. Required, unique in the chain.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is compared: a score of a filter before it, predicted_iou, or a measure of the annotate stage
    /// (area_ratio, border_px, background_deviation ...). Either this, <see cref="Prototypes"/> or
    /// <see cref="Text"/>.</summary>
    public string Measure { get; init; } = "";

    /// <summary>The real pictures to which the mean cosine is taken; needs an embedder.</summary>
    public PrototypeOptions? Prototypes { get; init; }

    /// <summary>The text to which the cosine is taken; needs an embedder with a text half.</summary>
    public TextOptions? Text { get; init; }

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

        int given = new[] { !string.IsNullOrWhiteSpace(Measure), Prototypes is not null, Text is not null }
            .Count(isGiven => isGiven);
        if (given != 1)
        {
            yield return new(
                nameof(Measure),
                given == 0
                    ? "is empty; it must name a measure or a score, or the filter must have prototypes or a text"
                    : "is one of several; a filter has either a measure, prototypes or a text");
        }

        if (!double.IsFinite(Min))
        {
            yield return new(nameof(Min), $"is {Min}; it must be a finite number");
        }
    }
}
