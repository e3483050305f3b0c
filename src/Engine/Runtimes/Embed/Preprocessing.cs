using Engine.Imaging;

namespace Engine.Runtimes.Embed;

/// <summary>How a picture is brought to a model's input, as a preprocessor_config.json says it.</summary>
/// <remarks>The defaults are CLIP's (Radford et al., 2021): short side 224, bicubic, the middle 224 x 224.</remarks>
internal sealed record Preprocessing
{
    public static IReadOnlyList<float> ClipMean { get; } = [0.48145466f, 0.4578275f, 0.40821073f];

    public static IReadOnlyList<float> ClipStd { get; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>Length the shorter side is brought to, in px; 0 when <see cref="Stretch"/> says the size, and when
    /// pictures are not resized.</summary>
    public int ShortSidePx { get; init; } = 224;

    /// <summary>Size to which the picture is stretched, in px; null when <see cref="ShortSidePx"/> says it.</summary>
    public (int Width, int Height)? Stretch { get; init; }

    /// <summary>Size of the middle that is kept, in px; null when all is.</summary>
    public (int Width, int Height)? Crop { get; init; } = (224, 224);

    public ResizeKernel Kernel { get; init; } = ResizeKernel.Bicubic;

    /// <summary>What a byte is multiplied by.</summary>
    public double Scale { get; init; } = 1.0 / 255;

    /// <summary>Taken from R, G, B after scaling.</summary>
    public IReadOnlyList<float> Mean { get; init; } = ClipMean;

    /// <summary>What R, G, B are divided by after that.</summary>
    public IReadOnlyList<float> Std { get; init; } = ClipStd;

    /// <summary>The size of what comes out.</summary>
    public (int Width, int Height) Size => Crop ?? Stretch!.Value;
}
