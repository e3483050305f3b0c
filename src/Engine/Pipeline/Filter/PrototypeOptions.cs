using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>A filter by likeness to real pictures of the same category.</summary>
public sealed record PrototypeOptions : ICheckedOptions
{
    /// <summary>The filter's name: the key of its score in the sample's JSON. Unique in the chain. Default
    /// "similarity".</summary>
    public string Name { get; init; } = "similarity";

    /// <summary>
    /// A folder with one folder a category, named as the category (case does not matter; a slash in the name is an
    /// underscore), which holds PNG, JPEG or WebP cut-outs of real objects. Required.
    /// </summary>
    public string Folder { get; init; } = "";

    /// <summary>The least mean cosine that passes, -1 to 1. Default 0.6, the reference's for CLIP ViT-L/14; it must be
    /// found anew for any other embedder.</summary>
    public double Min { get; init; } = 0.6;

    /// <summary>True rejects samples of a category without pictures; false passes them, without a score. Default
    /// false.</summary>
    public bool RejectMissing { get; init; }

    /// <summary>Pictures read of a category at most, by the order of names. 1 to 100,000. Default 2,000.</summary>
    public int PicturesMax { get; init; } = 2_000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return new(nameof(Name), "is empty; a filter needs a name");
        }

        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return new(nameof(Folder), "is empty; it must name the folder of real pictures");
        }

        if (!(Min is >= -1 and <= 1))
        {
            yield return new(nameof(Min), $"is {Min}; it must be -1 to 1");
        }

        if (PicturesMax is < 1 or > 100_000)
        {
            yield return new(nameof(PicturesMax), $"is {PicturesMax}; it must be 1 to 100000 pictures");
        }
    }
}
