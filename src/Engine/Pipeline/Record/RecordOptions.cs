using Engine.Options;

namespace Engine.Pipeline.Record;

/// <summary>How accepted pictures are written. Immutable.</summary>
public sealed record RecordOptions : ICheckedOptions
{
    /// <summary>The pictures' file format: png, webp or jpeg. Masks are always PNG. Default png.</summary>
    public PictureFormat Format { get; init; } = PictureFormat.Png;

    /// <summary>Quality of JPEG and of WebP with loss; of WebP without loss the effort. 1 to 100. Default 90.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>Whether WebP keeps every pixel as it is. Default false.</summary>
    public bool Lossless { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(Format))
        {
            yield return new(nameof(Format), $"is {Format}; it must be png, webp or jpeg");
        }

        if (Quality is < 1 or > 100)
        {
            yield return new(nameof(Quality), $"is {Quality}; it must be 1 to 100");
        }

        if (Lossless && Format != PictureFormat.Webp)
        {
            yield return new(nameof(Lossless), "is true; it must be false unless the format is webp");
        }
    }
}
