using Engine.Options;

namespace Engine.Index.Sources;

/// <summary>Where a data set in COCO's or LVIS's format is.</summary>
public sealed record CocoSourceOptions : ICheckedOptions
{
    /// <summary>The json of instances. Required.</summary>
    [ConfigPath]
    public string AnnotationsFile { get; init; } = "";

    /// <summary>The folder of the pictures; null leaves them alone and gives no file names. Default null.</summary>
    [ConfigPath]
    public string? ImageFolder { get; init; }

    /// <summary>A folder for an unnamed scratch file of 64 bytes an annotation; null is the system's. Default null.
    /// </summary>
    [ConfigPath]
    public string? ScratchFolder { get; init; }

    /// <summary>Bytes of one annotation, image or category that are read; a larger one is passed over and counted. 64
    /// KiB to 256 MiB. Default 4 MiB.</summary>
    public int ItemBytesMax { get; init; } = 4 << 20;

    /// <summary>Images read at most; a file with more is refused. 1 to 100,000,000. Default 10,000,000.</summary>
    public int ImagesMax { get; init; } = 10_000_000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(AnnotationsFile))
        {
            yield return new(nameof(AnnotationsFile), "is empty; it must name the json of instances");
        }

        if (ItemBytesMax is < 64 << 10 or > 256 << 20)
        {
            yield return new(
                nameof(ItemBytesMax), $"is {ItemBytesMax}; it must be {64 << 10} to {256 << 20} bytes (256 MiB)");
        }

        if (ImagesMax is < 1 or > 100_000_000)
        {
            yield return new(nameof(ImagesMax), $"is {ImagesMax}; it must be 1 to 100000000 images");
        }
    }
}
