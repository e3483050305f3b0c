namespace Engine.Items;

/// <summary>A mask in memory: one byte a pixel, 1 where the object is and 0 elsewhere.</summary>
public sealed class BinaryMask
{
    /// <summary>Wraps values that the caller gives up.</summary>
    /// <param name="width">Width in px, 1 to <see cref="RgbImage.SideMaxPx"/>.</param>
    /// <param name="height">Height in px, 1 to <see cref="RgbImage.SideMaxPx"/>.</param>
    /// <param name="values">[height, width] bytes, each 0 or 1; owned by the mask from here on.</param>
    /// <exception cref="ArgumentException">A side is out of range or the length is not height * width.</exception>
    public BinaryMask(int width, int height, byte[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (width is < 1 or > RgbImage.SideMaxPx || height is < 1 or > RgbImage.SideMaxPx)
        {
            throw new ArgumentException(
                $"The mask is {width} x {height} px; a side must be 1 to {RgbImage.SideMaxPx} px.");
        }

        if (values.Length != width * height)
        {
            throw new ArgumentException(
                $"{values.Length} values for a {width} x {height} px mask; {width * height} are needed.");
        }

        (Width, Height, Values) = (width, height, values);
    }

    /// <summary>Width in px.</summary>
    public int Width { get; }

    /// <summary>Height in px.</summary>
    public int Height { get; }

    /// <summary>[height, width] bytes, 0 or 1, row-major. Not to be written once the mask was passed on.</summary>
    public byte[] Values { get; }

    /// <summary>What the mask weighs in a stage's byte account.</summary>
    public long Bytes => Values.LongLength;
}
