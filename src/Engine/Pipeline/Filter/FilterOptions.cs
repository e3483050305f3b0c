using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>One link of the filter chain: what is looked at, and the least it must be.</summary>
public sealed record FilterOptions : ICheckedOptions
{
    /// <summary>The filter's name: the key of its score in the sample's JSON. Required, unique in the chain.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is compared: a score of a filter before it, predicted_iou, or a measure of the annotate stage
    /// (area_ratio, border_px, background_deviation ...). Either this, <see cref="Prototypes"/>, <see cref="Text"/>,
    /// <see cref="Real"/>, <see cref="Copies"/>, <see cref="Duplicates"/> or <see cref="Head"/>.
    /// </summary>
    public string Measure { get; init; } = "";

    /// <summary>The real pictures to which the mean cosine is taken; needs an embedder.</summary>
    public PrototypeOptions? Prototypes { get; init; }

    /// <summary>The text to which the cosine is taken; needs an embedder with a text half.</summary>
    public TextOptions? Text { get; init; }

    /// <summary>The cosine to the real pictures of the index; needs an embedder and an index section.</summary>
    public RealOptions? Real { get; init; }

    /// <summary>The bound above which an object is a copy of a real picture of the index; needs the same. Its
    /// <see cref="Min"/> means nothing.</summary>
    public CopyOptions? Copies { get; init; }

    /// <summary>The bound above which an object is like a sample accepted before; needs an embedder. Its
    /// <see cref="Min"/> means nothing. Best the last of the chain: what passes here and is rejected later may have
    /// kept others out meanwhile.</summary>
    public DuplicateOptions? Duplicates { get; init; }

    /// <summary>A model that gives one number, and the bounds on it; needs an embedder where it takes the embedding.
    /// <see cref="Min"/> here means nothing.</summary>
    public HeadOptions? Head { get; init; }

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

        bool[] kinds =
        [
            !string.IsNullOrWhiteSpace(Measure), Prototypes is not null, Text is not null, Real is not null,
            Copies is not null, Duplicates is not null, Head is not null,
        ];
        int given = kinds.Count(isGiven => isGiven);
        if (given != 1)
        {
            yield return new(
                nameof(Measure),
                given == 0
                    ? "is empty; it must name a measure or a score, or the filter must have prototypes, a text, real, "
                        + "copies, duplicates or a head"
                    : "is one of several; a filter has either a measure, prototypes, a text, real, copies, "
                        + "duplicates or a head");
        }

        if (!double.IsFinite(Min))
        {
            yield return new(nameof(Min), $"is {Min}; it must be a finite number");
        }
    }
}
