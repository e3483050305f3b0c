using Engine.Imaging;
using Engine.Options;

namespace Engine.Runtimes.Library;

/// <summary>The retrieval arm: where its pictures are and how they are composed.</summary>
public sealed record LibraryOptions : ICheckedOptions
{
    /// <summary>A folder of pictures, or an archive of them: .zip, .tar, .tar.gz, .tgz. Required.</summary>
    [ConfigPath]
    public string Source { get; init; } = "";

    /// <summary>A json of names: a picture's path, file name, stem or emoji to its name, or to an object of
    /// <c>name</c>, <c>group</c> and <c>keywords</c> (unicode-emoji-json has that form); empty when files name
    /// themselves.</summary>
    [ConfigPath]
    public string Names { get; init; } = "";

    /// <summary>Side of a composed picture in px. 64 to 2,048. Default 512.</summary>
    public int PictureSidePx { get; init; } = 512;

    /// <summary>Least share of the side that the object's longer side takes. 0.05 to 0.95. Default 0.45.</summary>
    public double ScaleMin { get; init; } = 0.45;

    /// <summary>Largest share of the side that the object's longer side takes. 0.05 to 0.95. Default 0.8.</summary>
    public double ScaleMax { get; init; } = 0.8;

    /// <summary>Largest turn to either side in degrees. 0 to 180. Default 15.</summary>
    public double RotationMaxDegrees { get; init; } = 15;

    /// <summary>How much of the free room around the object a shift may use. 0 to 1. Default 0.5.</summary>
    public double ShiftMax { get; init; } = 0.5;

    /// <summary>Pictures held in the index at most. 1 to 10,000,000. Default 200,000.</summary>
    public int EntriesMax { get; init; } = 200_000;

    /// <summary>Bytes of pictures held of an archive, which is read into memory as a whole. 1 MiB to 64 GiB. Default
    /// 4 GiB.</summary>
    public long ArchiveBytesMax { get; init; } = 4L << 30;

    /// <summary>Prompts taken in one call. 1 to 256. Default 4.</summary>
    public int BatchMax { get; init; } = 4;

    /// <summary>What a source picture may hold.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Source))
        {
            yield return new(nameof(Source), "is empty; it must name a folder or an archive of pictures");
        }

        foreach ((string name, double value, double least, double most) in new[]
        {
            (nameof(PictureSidePx), PictureSidePx, 64, 2048),
            (nameof(ScaleMin), ScaleMin, 0.05, 0.95),
            (nameof(ScaleMax), ScaleMax, 0.05, 0.95),
            (nameof(RotationMaxDegrees), RotationMaxDegrees, 0, 180),
            (nameof(ShiftMax), ShiftMax, 0, 1),
            (nameof(EntriesMax), EntriesMax, 1, 10_000_000),
            (nameof(ArchiveBytesMax), ArchiveBytesMax, 1 << 20, 64L << 30),
            (nameof(BatchMax), BatchMax, 1, 256),
        })
        {
            if (!(value >= least && value <= most))
            {
                yield return new(name, $"is {value}; it must be {least} to {most}");
            }
        }

        if (ScaleMin > ScaleMax)
        {
            yield return new(nameof(ScaleMin), $"is {ScaleMin}; it must not be above scale_max ({ScaleMax})");
        }
    }
}
