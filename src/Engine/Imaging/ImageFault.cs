namespace Engine.Imaging;

/// <summary>What is wrong with an image file.</summary>
public enum ImageFault
{
    /// <summary>The file has no bytes.</summary>
    Empty,

    /// <summary>The file is larger than <see cref="ImageLimits.BytesMax"/>.</summary>
    TooManyBytes,

    /// <summary>A side is longer than <see cref="ImageLimits.SideMaxPx"/> by the header.</summary>
    SideTooLong,

    /// <summary>The picture has more pixels than <see cref="ImageLimits.PixelsMax"/>, by the header.</summary>
    TooManyPixels,

    /// <summary>Not one of the formats that are read.</summary>
    Unsupported,

    /// <summary>Truncated or broken inside.</summary>
    Damaged,
}
