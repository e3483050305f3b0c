namespace Engine.Imaging;

/// <summary>Opens untrusted files: refuses by the header what must not be decoded, or cannot become RGB.</summary>
internal static class ImageLoader
{
    // With libvips' weaker "truncated" a TIFF that ends early is a black picture, and no error.
    private const int FailOnError = 2;

    private const int UChar = 0;
    private const int UShort = 2;
    private const int Srgb = 22;

    // CMYK and alpha. A TIFF may declare 65,535 bands, each of them as large as the picture.
    private const int BandsMax = 5;

    /// <summary>Opens a file; no pixel is decoded before it is read.</summary>
    /// <exception cref="ImageException">A limit is broken, the format unknown, or the header damaged.</exception>
    public static VipsHandle Open(ReadOnlySpan<byte> file, ImageLimits limits, out ImageHeader header)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (file.IsEmpty)
        {
            throw new ImageException(ImageFault.Empty, "the picture has 0 bytes");
        }

        if (file.Length > limits.BytesMax)
        {
            throw new ImageException(
                ImageFault.TooManyBytes, $"the picture has {file.Length} bytes; at most {limits.BytesMax} are read");
        }

        string format = ImageFormat.Of(file) ?? throw new ImageException(
            ImageFault.Unsupported, "the picture is none of png, jpeg, webp, gif, tiff by its first bytes");
        VipsHandle image;
        using (VipsOperation load = new(format + "load_buffer"))
        {
            image = load.With("buffer", file).With("fail-on", "VipsFailOn", FailOnError).Image();
        }

        try
        {
            header = new ImageHeader(
                format, image.Width, image.Height, image.Bands,
                Math.Max(Native.vips_image_get_n_pages(image.Pointer), 1));
            CheckSize(header, limits);
            CheckSamples(header, Native.vips_image_get_format(image.Pointer));
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Turns a picture upright and to 8 bits a channel: 3 bands, or 4 with alpha.</summary>
    /// <exception cref="ImageException">Its bands are not those of a grey, RGB or CMYK picture.</exception>
    public static VipsHandle ToSrgb(VipsHandle opened)
    {
        using VipsOperation rotate = new("autorot");
        using VipsHandle upright = rotate.With("in", opened).Image();
        using VipsOperation convert = new("colourspace");
        using VipsHandle srgb = convert.With("in", upright).With("space", "VipsInterpretation", Srgb).Image();
        if (srgb.Bands is not (3 or 4))
        {
            throw new ImageException(
                ImageFault.Unsupported, $"the picture has {srgb.Bands} bands as RGB; 3, or 4 with alpha, are read");
        }

        using VipsOperation cast = new("cast");
        return cast.With("in", srgb).With("format", "VipsBandFormat", UChar).Image();
    }

    private static void CheckSize(ImageHeader header, ImageLimits limits)
    {
        if (Math.Max(header.Width, header.Height) > limits.SideMaxPx)
        {
            throw new ImageException(
                ImageFault.SideTooLong,
                $"the picture is {header.Width} x {header.Height} px; a side may be {limits.SideMaxPx} px");
        }

        if ((long)header.Width * header.Height > limits.PixelsMax)
        {
            throw new ImageException(
                ImageFault.TooManyPixels,
                $"the picture is {header.Width} x {header.Height} px; it may have {limits.PixelsMax} pixels");
        }
    }

    private static void CheckSamples(ImageHeader header, int bandFormat)
    {
        if (header.Bands > BandsMax)
        {
            throw new ImageException(
                ImageFault.Unsupported, $"the picture has {header.Bands} bands; at most {BandsMax} are read");
        }

        // Real and signed samples have no agreed white: guessing it gives black pictures, which then pass as objects.
        if (bandFormat is not (UChar or UShort))
        {
            throw new ImageException(
                ImageFault.Unsupported, "the picture's samples are not whole numbers of 8 or 16 bits without a sign");
        }
    }
}
