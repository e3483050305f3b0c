using System.Numerics;
using Engine.Items;

namespace Engine.Imaging;

/// <summary>Brings pictures to another size.</summary>
/// <remarks>Not libvips: its resize differs from Pillow's at the border and when it enlarges, and models are trained
/// behind Pillow's (docs/decisions/0003-resize.md).</remarks>
public static class ImageResize
{
    private const int Channels = 3;

    /// <summary>Resizes a picture; the sides are scaled independently. Pixel centres lie at halves.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width wanted in px, 1 to <see cref="RgbImage.SideMaxPx"/>.</param>
    /// <param name="height">Height wanted in px, 1 to <see cref="RgbImage.SideMaxPx"/>.</param>
    /// <param name="kernel">How pixels are weighed.</param>
    /// <returns>A new picture, or <paramref name="image"/> itself when it has that size.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is out of range.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height, ResizeKernel kernel)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        if (image.Width == width && image.Height == height)
        {
            return image;
        }

        RgbImage across = image.Width == width
            ? image
            : Across(image, width, ResampleTaps.Of(image.Width, width, kernel));
        return image.Height == height ? across : Down(across, height, ResampleTaps.Of(image.Height, height, kernel));
    }

    /// <summary>Cuts a rectangle out of a picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">The rectangle in px, inside the picture.</param>
    /// <returns>A new picture.</returns>
    /// <exception cref="ArgumentException">The rectangle is empty or not inside the picture.</exception>
    public static RgbImage Crop(RgbImage image, Box box)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (box.X < 0 || box.Y < 0 || box.Width < 1 || box.Height < 1
            || box.X > image.Width - box.Width || box.Y > image.Height - box.Height)
        {
            throw new ArgumentException($"{box} does not lie inside a {image.Width} x {image.Height} px picture.");
        }

        byte[] pixels = new byte[box.Width * box.Height * Channels];
        for (int row = 0; row < box.Height; row++)
        {
            image.Pixels.AsSpan((((box.Y + row) * image.Width) + box.X) * Channels, box.Width * Channels)
                .CopyTo(pixels.AsSpan(row * box.Width * Channels));
        }

        return new RgbImage(box.Width, box.Height, pixels);
    }

    private static RgbImage Across(RgbImage image, int width, ResampleTaps taps)
    {
        byte[] pixels = new byte[width * image.Height * Channels];
        for (int y = 0; y < image.Height; y++)
        {
            ReadOnlySpan<byte> source = image.Pixels.AsSpan(y * image.Width * Channels, image.Width * Channels);
            Span<byte> target = pixels.AsSpan(y * width * Channels, width * Channels);
            for (int x = 0; x < width; x++)
            {
                int at = taps.First[x] * Channels;
                Vector3 sum = new(0.5f);
                foreach (float weight in taps.Weights[x])
                {
                    sum += weight * new Vector3(source[at], source[at + 1], source[at + 2]);
                    at += Channels;
                }

                target[x * Channels] = ToByte(sum.X);
                target[(x * Channels) + 1] = ToByte(sum.Y);
                target[(x * Channels) + 2] = ToByte(sum.Z);
            }
        }

        return new RgbImage(width, image.Height, pixels);
    }

    private static RgbImage Down(RgbImage image, int height, ResampleTaps taps)
    {
        int row = image.Width * Channels;
        byte[] pixels = new byte[height * row];
        float[] sums = new float[row];
        for (int y = 0; y < height; y++)
        {
            sums.AsSpan().Fill(0.5f);
            for (int tap = 0; tap < taps.Weights[y].Length; tap++)
            {
                AddRow(image.Pixels.AsSpan((taps.First[y] + tap) * row, row), taps.Weights[y][tap], sums);
            }

            for (int x = 0; x < row; x++)
            {
                pixels[(y * row) + x] = ToByte(sums[x]);
            }
        }

        return new RgbImage(image.Width, height, pixels);
    }

    private static void AddRow(ReadOnlySpan<byte> source, float weight, Span<float> sums)
    {
        for (int x = 0; x < sums.Length; x++)
        {
            sums[x] += weight * source[x];
        }
    }

    private static byte ToByte(float sum) => (byte)Math.Clamp(sum, 0f, 255f);

    private static void CheckSide(int side, string name)
    {
        if (side is < 1 or > RgbImage.SideMaxPx)
        {
            throw new ArgumentOutOfRangeException(name, side, $"A side must be 1 to {RgbImage.SideMaxPx} px.");
        }
    }
}
