using Engine.Items;
using Engine.Options;

namespace Engine.Imaging;

/// <summary>What an image file may hold; checked on its header, before a pixel is decoded.</summary>
public sealed record ImageLimits : ICheckedOptions
{
    /// <summary>Limits for untrusted files.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Bytes of the file. 1 to 1 GiB. Default 64 MiB.</summary>
    public long BytesMax { get; init; } = 64L << 20;

    /// <summary>Longer side in px. 1 to 8,192. Default 8,192.</summary>
    public int SideMaxPx { get; init; } = RgbImage.SideMaxPx;

    /// <summary>Pixels, width times height. 1 to 67,108,864. Default 67,108,864.</summary>
    public long PixelsMax { get; init; } = 64L << 20;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (BytesMax is < 1 or > (1L << 30))
        {
            yield return new(nameof(BytesMax), $"is {BytesMax}; it must be 1 to {1L << 30} bytes (1 GiB)");
        }

        if (SideMaxPx is < 1 or > RgbImage.SideMaxPx)
        {
            yield return new(nameof(SideMaxPx), $"is {SideMaxPx}; it must be 1 to {RgbImage.SideMaxPx} px");
        }

        if (PixelsMax is < 1 or > (64L << 20))
        {
            yield return new(nameof(PixelsMax), $"is {PixelsMax}; it must be 1 to {64L << 20} px");
        }
    }
}
