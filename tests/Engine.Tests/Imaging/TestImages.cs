using System.Buffers.Binary;
using Engine.Items;

namespace Engine.Tests.Imaging;

/// <summary>Pictures and files made here, so that none need be stored.</summary>
internal static class TestImages
{
    public static RgbImage Noise(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Gradient(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Span<byte> pixel = pixels.AsSpan(((y * width) + x) * 3, 3);
                pixel[0] = (byte)(x * 255 / Math.Max(width - 1, 1));
                pixel[1] = (byte)(y * 255 / Math.Max(height - 1, 1));
                pixel[2] = (byte)((x + y) * 255 / (width + height));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    public static double MeanDifference(RgbImage left, RgbImage right)
    {
        Assert.Equal((left.Width, left.Height), (right.Width, right.Height));
        return left.Pixels.Zip(right.Pixels, (a, b) => Math.Abs(a - b)).Average();
    }

    /// <summary>A PNG of a header with a right checksum, and nothing behind it.</summary>
    public static byte[] PngHeader(int width, int height)
    {
        byte[] file = [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[17]];
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        (file[24], file[25]) = (8, 2);
        BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), Crc32(file.AsSpan(12, 17)));
        return [.. file, 0, 0, 0, 1, .. "IDAT"u8, 0, 0, 0, 0, 0];
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
            }
        }

        return ~crc;
    }
}
