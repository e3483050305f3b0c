using Engine.Options;
using Kernels.Masks;

namespace Engine.Pipeline.Annotate;

/// <summary>How a mask is chosen and cleaned, and what a sound one looks like.</summary>
/// <remarks>The defaults were tuned on library pictures and measured on others (docs/performance.d/masks.md).</remarks>
public sealed record AnnotateOptions : ICheckedOptions
{
    /// <summary>How one of several masks is chosen. Default BestIou.</summary>
    public MaskChoice MaskChoice { get; init; } = MaskChoice.BestIou;

    /// <summary>The mask taken when <see cref="MaskChoice"/> is Index. 0 to 15. Default 2.</summary>
    public int MaskIndex { get; init; } = 2;

    /// <summary>Fill background that is enclosed by the object. Default true.</summary>
    public bool FillHoles { get; init; } = true;

    /// <summary>Largest hole that is filled, as a part of the mask's area; 1 fills every hole. 0 to 1. Default 0.01:
    /// a larger hole is mostly one to see through.</summary>
    public double HoleRatioMax { get; init; } = 0.01;

    /// <summary>Px taken off the mask all around, with a disc; of a picture whose longer side is 512 px, and scaled
    /// with it. 0 to 16, or -1 for what was measured for the kind of model: 2 for SAM's inverted masks, which is one px
    /// of its own 256 px masks, and 0 for salient-object models. Default -1.</summary>
    public int ErodePx { get; init; } = -1;

    /// <summary>Keep the largest 8-connected part alone: one sample shows one object. Default true.</summary>
    public bool LargestComponentOnly { get; init; } = true;

    /// <summary>Least area of a part that is kept when <see cref="LargestComponentOnly"/> is false, as a part of the
    /// largest one's. 0 to 1. Default 0.02: specks along the border are smaller.</summary>
    public double PartRatioMin { get; init; } = 0.02;

    /// <summary>Least IoU the model predicts of its mask; a model that predicts none is not held to it. 0 to 1.
    /// Default 0.9.</summary>
    public double PredictedIouMin { get; init; } = 0.9;

    /// <summary>Least part of the picture that the mask covers. 0 to 1. Default 0.01.</summary>
    public double AreaRatioMin { get; init; } = 0.01;

    /// <summary>Largest part of the picture that the mask covers. 0 to 1. Default 0.9.</summary>
    public double AreaRatioMax { get; init; } = 0.9;

    /// <summary>Px of the mask that may lie on the picture's border, corners counted twice. 0 to 32,768. Default 0:
    /// an object that reaches the border is cut by it.</summary>
    public int BorderTouchMaxPx { get; init; }

    /// <summary>Largest distance from the median, in any channel, of <see cref="BackgroundPart"/> of the pixels away
    /// from the mask. 0 to 255; 255 turns the gate off. Default 24.</summary>
    public int BackgroundDeviationMax { get; init; } = 24;

    /// <summary>The part of the background that must lie within <see cref="BackgroundDeviationMax"/>. 0.5 to 1.
    /// Default 0.95.</summary>
    public double BackgroundPart { get; init; } = 0.95;

    /// <summary>Px around the mask that do not count as background: the object's soft edge and its shadow; of a
    /// picture whose longer side is 512 px, and scaled with it. 0 to 64. Default 8.</summary>
    public int BackgroundGapPx { get; init; } = 8;

    /// <summary>Brings a length given for a picture of 512 px to a picture's own size.</summary>
    internal static int Scale(int px, int width, int height) => Math.Min(
        Morphology.RadiusMaxPx,
        (int)Math.Round(px * Math.Max(width, height) / 512.0, MidpointRounding.AwayFromZero));

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(MaskChoice))
        {
            yield return new(nameof(MaskChoice), $"is {MaskChoice}; it must be best_iou or index");
        }

        foreach ((string name, double value, double least, double most) in new[]
        {
            (nameof(MaskIndex), MaskIndex, 0, 15),
            (nameof(HoleRatioMax), HoleRatioMax, 0, 1),
            (nameof(ErodePx), ErodePx, -1, 16),
            (nameof(PartRatioMin), PartRatioMin, 0, 1),
            (nameof(PredictedIouMin), PredictedIouMin, 0, 1),
            (nameof(AreaRatioMin), AreaRatioMin, 0, 1),
            (nameof(AreaRatioMax), AreaRatioMax, 0, 1),
            (nameof(BorderTouchMaxPx), BorderTouchMaxPx, 0, 32_768),
            (nameof(BackgroundDeviationMax), BackgroundDeviationMax, 0, 255),
            (nameof(BackgroundPart), BackgroundPart, 0.5, 1),
            (nameof(BackgroundGapPx), BackgroundGapPx, 0, 64),
        })
        {
            if (!(value >= least && value <= most))
            {
                yield return new(name, $"is {value}; it must be {least} to {most}");
            }
        }

        if (AreaRatioMin > AreaRatioMax)
        {
            yield return new(
                nameof(AreaRatioMin), $"is {AreaRatioMin}; it must be at most AreaRatioMax, which is {AreaRatioMax}");
        }
    }
}
