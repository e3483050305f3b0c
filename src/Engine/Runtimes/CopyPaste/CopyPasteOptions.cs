using Engine.Options;

namespace Engine.Runtimes.CopyPaste;

/// <summary>How accepted samples are pasted on real pictures (copy-paste augmentation).</summary>
/// <remarks>Source of the defaults: DiverGen's and X-Paste's instance augmentation (Fan et al., CVPR 2024; Zhao et al.,
/// ICML 2023).</remarks>
public sealed record CopyPasteOptions : ICheckedOptions
{
    /// <summary>The json of the real pictures' instances, in COCO's or LVIS's format. Required.</summary>
    [ConfigPath]
    public string Annotations { get; init; } = "";

    /// <summary>The folder of the real pictures. Required.</summary>
    [ConfigPath]
    public string Images { get; init; } = "";

    /// <summary>One picture is made for so many accepted samples. 1 to 10,000. Default 4.</summary>
    public int SamplesPerPicture { get; init; } = 4;

    /// <summary>A picture pastes from the newest so many samples of its time. 1 to 1,000,000. Default 10,000.</summary>
    public int PoolSamples { get; init; } = 10_000;

    /// <summary>Objects pasted on a picture at most; the number is drawn evenly from 0. 0 to 100. Default 19.</summary>
    public int PastesMax { get; init; } = 19;

    /// <summary>Share of the pasted objects that are mirrored. 0 to 1. Default 0.5.</summary>
    public double MirroredShare { get; init; } = 0.5;

    /// <summary>Width of the edge over which a pasted object fades out, in px. 0 to 32. Default 0: a hard edge.
    /// </summary>
    public int FeatherPx { get; init; }

    /// <summary>An object that others hide in part stays annotated when more than so many px of it are seen. 0 to
    /// 1,000,000. Default 300.</summary>
    public int SeenMinPx { get; init; } = 300;

    /// <summary>It also stays when no edge of its box has moved by more than this, in px. 0 to 1,000. Default 10.
    /// </summary>
    public int EdgeMovedMaxPx { get; init; } = 10;

    /// <summary>Quality of the JPEG files. 1 to 100. Default 95.</summary>
    public int Quality { get; init; } = 95;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Annotations))
        {
            yield return new(nameof(Annotations), "is empty; it must name a json of instances");
        }

        if (string.IsNullOrWhiteSpace(Images))
        {
            yield return new(nameof(Images), "is empty; it must name the folder of the pictures");
        }

        if (!(MirroredShare is >= 0 and <= 1))
        {
            yield return new(nameof(MirroredShare), $"is {MirroredShare}; it must be 0 to 1");
        }

        (string Name, int Value, int Least, int Most, string Unit)[] numbers =
        [
            (nameof(SamplesPerPicture), SamplesPerPicture, 1, 10_000, "samples"),
            (nameof(PoolSamples), PoolSamples, 1, 1_000_000, "samples"),
            (nameof(PastesMax), PastesMax, 0, 100, "objects"),
            (nameof(FeatherPx), FeatherPx, 0, 32, "px"),
            (nameof(SeenMinPx), SeenMinPx, 0, 1_000_000, "px"),
            (nameof(EdgeMovedMaxPx), EdgeMovedMaxPx, 0, 1000, "px"),
            (nameof(Quality), Quality, 1, 100, ""),
        ];
        foreach ((string name, int value, int least, int most, string unit) in numbers)
        {
            if (value < least || value > most)
            {
                yield return new(name, $"is {value}; it must be {least} to {most} {unit}".TrimEnd());
            }
        }
    }
}
