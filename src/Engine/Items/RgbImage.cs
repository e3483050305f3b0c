namespace Engine.Items;

/// <summary>A picture in memory: RGB, 8 bits a channel, rows from top to bottom without padding.</summary>
public sealed class RgbImage
{
    /// <summary>Longest side of any picture in px; a larger one is refused before it is allocated.</summary>
    public const int SideMaxPx = 8192;

    /// <summary>Wraps pixels that the caller gives up.</summary>
    /// <param name="width">Width in px, 1 to <see cref="SideMaxPx"/>.</param>
    /// <param name="height">Height in px, 1 to <see cref="SideMaxPx"/>.</param>
    /// <param name="pixels">[height, width, 3] bytes, row-major; owned by the picture from here on.</param>
    /// <exception cref="ArgumentException">A side is out of range or the length is not height * width * 3.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (width is < 1 or > SideMaxPx || height is < 1 or > SideMaxPx)
        {
            throw new ArgumentException($"The picture is {width} x {height} px; a side must be 1 to {SideMaxPx} px.");
        }

        if (pixels.Length != width * height * 3)
        {
            throw new ArgumentException(
                $"{pixels.Length} bytes for a {width} x {height} px RGB picture; {width * height * 3} are needed.");
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Width in px.</summary>
    public int Width { get; }

    /// <summary>Height in px.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3] bytes, row-major RGB. Not to be written once the picture was passed on.</summary>
    public byte[] Pixels { get; }

    /// <summary>What the picture weighs in a stage's byte account.</summary>
    public long Bytes => Pixels.LongLength;

    /// <summary>Whether every pixel is as the first. Compares the picture with itself moved by one pixel, which is one
    /// vectorised pass that ends at the first difference.</summary>
    public bool IsOfOneColour => Pixels.AsSpan(3).SequenceEqual(Pixels.AsSpan(0, Pixels.Length - 3));
}
