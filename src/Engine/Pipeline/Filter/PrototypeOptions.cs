using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>Where the real pictures are that a filter compares with.</summary>
public sealed record PrototypeOptions : ICheckedOptions
{
    /// <summary>
    /// A folder with one folder a category, named as the category (case does not matter; a slash in the name is an
    /// underscore), which holds PNG, JPEG or WebP cut-outs of real objects. Required.
    /// </summary>
    [ConfigPath]
    public string Folder { get; init; } = "";

    /// <summary>True rejects samples of a category without pictures; false passes them, without a score. Default
    /// false.</summary>
    public bool RejectMissing { get; init; }

    /// <summary>Pictures read of a category at most, by the order of names. 1 to 100,000. Default 2,000.</summary>
    public int PicturesMax { get; init; } = 2_000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return new(nameof(Folder), "is empty; it must name the folder of real pictures");
        }

        if (PicturesMax is < 1 or > 100_000)
        {
            yield return new(nameof(PicturesMax), $"is {PicturesMax}; it must be 1 to 100000 pictures");
        }
    }
}
