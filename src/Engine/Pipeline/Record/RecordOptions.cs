using Engine.Options;

namespace Engine.Pipeline.Record;

/// <summary>How accepted pictures and rejections are written. Immutable.</summary>
public sealed record RecordOptions : ICheckedOptions
{
    /// <summary>The pictures' file format: png, webp or jpeg. Masks are always PNG. Default png.</summary>
    public PictureFormat Format { get; init; } = PictureFormat.Png;

    /// <summary>Quality of JPEG and of WebP with loss; of WebP without loss the effort. 1 to 100. Default 90.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>Whether WebP keeps every pixel as it is. Default false.</summary>
    public bool Lossless { get; init; }

    /// <summary>Rejections written in one commit at most. 1 to 65,536. Default 256.</summary>
    public int RejectionBatchMax { get; init; } = 256;

    /// <summary>How long a rejection waits for others to be written with. 0 to 1 min. Default 200 ms.</summary>
    public TimeSpan RejectionLinger { get; init; } = TimeSpan.FromMilliseconds(200);

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

        if (RejectionBatchMax is < 1 or > 65_536)
        {
            yield return new(nameof(RejectionBatchMax), $"is {RejectionBatchMax}; it must be 1 to 65536 rejections");
        }

        if (RejectionLinger < TimeSpan.Zero || RejectionLinger > TimeSpan.FromMinutes(1))
        {
            yield return new(nameof(RejectionLinger), $"is {RejectionLinger}; it must be 0 s to 1 min");
        }
    }
}
