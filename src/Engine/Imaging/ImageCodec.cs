using System.Runtime.InteropServices;
using Engine.Items;

namespace Engine.Imaging;

/// <summary>Reads and writes image files: PNG, JPEG, WebP, GIF and TIFF in; PNG, WebP and JPEG out.</summary>
/// <remarks>
/// Files are untrusted: the format is chosen by the first bytes, size and sides are checked on the header before a
/// pixel is decoded, and a truncated file is an error, never half a picture. Safe to call from several threads.
/// </remarks>
public static class ImageCodec
{
    private const int Srgb = 22;
    private const int UChar = 0;

    /// <summary>Reads the header alone.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What it may hold.</param>
    /// <returns>What the file says of itself.</returns>
    /// <exception cref="ImageException">A limit is broken, the format unknown, or the file damaged.</exception>
    public static ImageHeader Probe(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        using VipsHandle image = ImageLoader.Open(file, limits, out ImageHeader header);
        return header;
    }

    /// <summary>Decodes a file to RGB: the first frame, upright, 8 bits, alpha flattened on white.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What it may hold.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ImageException">A limit is broken, the format unknown, or the file damaged.</exception>
    public static RgbImage DecodeRgb(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        using VipsHandle opened = ImageLoader.Open(file, limits, out _);
        using VipsHandle upright = ImageLoader.ToSrgb(opened);
        using VipsHandle flat = upright.HasAlpha ? Flatten(upright) : Keep(upright, 3);
        return new RgbImage(flat.Width, flat.Height, Pixels(flat, 3));
    }

    /// <summary>Decodes a file to RGB and its alpha, not multiplied with each other.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What it may hold.</param>
    /// <returns>The colours, and alpha [height, width], 0 clear to 255 solid; all 255 without one.</returns>
    /// <exception cref="ImageException">A limit is broken, the format unknown, or the file damaged.</exception>
    public static (RgbImage Image, byte[] Alpha) DecodeRgba(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        using VipsHandle opened = ImageLoader.Open(file, limits, out _);
        using VipsHandle upright = ImageLoader.ToSrgb(opened);
        (int width, int height) = (upright.Width, upright.Height);
        byte[] alpha = new byte[width * height];
        if (!upright.HasAlpha)
        {
            alpha.AsSpan().Fill(255);
            using VipsHandle colours = Keep(upright, 3);
            return (new RgbImage(width, height, Pixels(colours, 3)), alpha);
        }

        byte[] all = Pixels(upright, 4);
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < alpha.Length; i++)
        {
            all.AsSpan(i * 4, 3).CopyTo(rgb.AsSpan(i * 3));
            alpha[i] = all[(i * 4) + 3];
        }

        return (new RgbImage(width, height, rgb), alpha);
    }

    /// <summary>Decodes a mask file: a pixel belongs to the object where its grey value is 128 or more.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">What it may hold.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="ImageException">A limit is broken, the format unknown, or the file damaged.</exception>
    public static BinaryMask DecodeMask(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        RgbImage image = DecodeRgb(file, limits);
        byte[] values = new byte[image.Width * image.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = image.Pixels[(i * 3) + 1] >= 128 ? (byte)1 : (byte)0;
        }

        return new BinaryMask(image.Width, image.Height, values);
    }

    /// <summary>Encodes a picture as PNG, without loss.</summary>
    /// <param name="image">The picture.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] EncodePng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using VipsHandle handle = FromMemory(image.Pixels, image.Width, image.Height, 3);
        return SavePng(handle);
    }

    /// <summary>Encodes a mask as a grey PNG of 8 bits: 0 outside, 255 on the object.</summary>
    /// <param name="mask">The mask.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] EncodePng(BinaryMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        byte[] grey = new byte[mask.Values.Length];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = (byte)(mask.Values[i] * 255);
        }

        using VipsHandle handle = FromMemory(grey, mask.Width, mask.Height, 1);
        return SavePng(handle);
    }

    /// <summary>Encodes a picture as WebP.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100; for a lossless file the effort.</param>
    /// <param name="lossless">Whether every pixel is kept as it is.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] EncodeWebp(RgbImage image, int quality, bool lossless)
    {
        ArgumentNullException.ThrowIfNull(image);
        using VipsHandle handle = FromMemory(image.Pixels, image.Width, image.Height, 3);
        using VipsOperation save = new("webpsave_buffer");
        return save.With("in", handle).With("Q", InRange(quality)).With("lossless", lossless).Bytes();
    }

    /// <summary>Encodes a picture as JPEG.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] EncodeJpeg(RgbImage image, int quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        using VipsHandle handle = FromMemory(image.Pixels, image.Width, image.Height, 3);
        using VipsOperation save = new("jpegsave_buffer");
        return save.With("in", handle).With("Q", InRange(quality)).Bytes();
    }

    internal static unsafe VipsHandle FromMemory(ReadOnlySpan<byte> pixels, int width, int height, int bands)
    {
        VipsLibrary.Start();
        nint image;
        fixed (byte* first = pixels)
        {
            image = Native.vips_image_new_from_memory_copy(first, (nuint)pixels.Length, width, height, bands, UChar);
        }

        if (image == 0)
        {
            throw new InvalidOperationException($"libvips refused {width} x {height} px: {VipsLibrary.TakeError()}");
        }

        using VipsHandle plain = new(image);
        using VipsOperation copy = new("copy");
        return copy.With("in", plain).With("interpretation", "VipsInterpretation", bands == 1 ? 1 : Srgb).Image();
    }

    internal static unsafe byte[] Pixels(VipsHandle image, int bands)
    {
        void* data = Native.vips_image_write_to_memory(image.Pointer, out nuint size);
        if (data == null)
        {
            throw new ImageException(ImageFault.Damaged, $"the picture is damaged: {VipsLibrary.TakeError()}");
        }

        try
        {
            int expected = image.Width * image.Height * bands;
            return (int)size == expected
                ? new ReadOnlySpan<byte>(data, expected).ToArray()
                : throw new InvalidOperationException($"libvips gave {size} bytes; {expected} were expected.");
        }
        finally
        {
            Native.g_free((nint)data);
        }
    }

    private static VipsHandle Flatten(VipsHandle image)
    {
        using VipsOperation flatten = new("flatten");
        using VipsHandle flat = flatten.With("in", image).With("background", [255.0, 255.0, 255.0]).Image();
        return Keep(flat, 3);
    }

    private static VipsHandle Keep(VipsHandle image, int bands)
    {
        using VipsOperation extract = new("extract_band");
        return extract.With("in", image).With("band", 0).With("n", bands).Image();
    }

    private static byte[] SavePng(VipsHandle image)
    {
        using VipsOperation save = new("pngsave_buffer");
        return save.With("in", image).With("compression", 6).Bytes();
    }

    private static int InRange(int quality) => quality is >= 1 and <= 100
        ? quality
        : throw new ArgumentOutOfRangeException(nameof(quality), quality, "The quality must be 1 to 100.");
}
