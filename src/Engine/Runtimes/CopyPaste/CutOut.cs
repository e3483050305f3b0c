using Engine.Imaging;
using Engine.Items;
using Kernels.Masks;

namespace Engine.Runtimes.CopyPaste;

/// <summary>A sample's object, cut out along its mask.</summary>
/// <param name="Source">Which sample it is.</param>
/// <param name="Image">The picture within the object's box.</param>
/// <param name="Alpha">[height, width] bytes: 255 on the object, else 0; between them once it was halved.</param>
internal sealed record CutOut(StoredSample Source, RgbImage Image, byte[] Alpha)
{
    // A sample's mask is never empty: the annotate stage rejects such pictures.
    /// <summary>Cuts a sample's object out.</summary>
    /// <exception cref="ImageException">A file of the sample is damaged.</exception>
    public static CutOut Of(StoredSample source, Sample sample)
    {
        RgbImage image = ImageCodec.DecodeRgb(sample.Image.Span, ImageLimits.Default);
        BinaryMask mask = ImageCodec.DecodeMask(sample.MaskPng.Span, ImageLimits.Default);
        MaskMeasures of = MaskMeasures.Of(mask.Values, mask.Width, mask.Height);
        Box box = new(of.Left, of.Top, of.Width, of.Height);
        byte[] alpha = new byte[box.Width * box.Height];
        for (int i = 0; i < alpha.Length; i++)
        {
            int at = ((box.Y + (i / box.Width)) * mask.Width) + box.X + (i % box.Width);
            alpha[i] = (byte)(mask.Values[at] * 255);
        }

        return new CutOut(source, ImageResize.Crop(image, box), alpha);
    }

    /// <summary>Halves it until it is less than twice as large as it will be: between two pixels far apart there is
    /// nothing to sample, so fine patterns would turn into coarse ones.</summary>
    public CutOut NoLargerThan(int width, int height)
    {
        CutOut made = this;
        while (made.Image.Width >= 2 * width && made.Image.Height >= 2 * height)
        {
            (RgbImage image, byte[] alpha) = Halved.Of(made.Image, made.Alpha);
            made = made with { Image = image, Alpha = alpha };
        }

        return made;
    }

    /// <summary>Writes its pixels as the composite takes them: red, green, blue, alpha.</summary>
    /// <param name="pixels">Receives 4 bytes a pixel.</param>
    public void CopyTo(Span<byte> pixels)
    {
        for (int i = 0; i < Alpha.Length; i++)
        {
            Image.Pixels.AsSpan(i * 3, 3).CopyTo(pixels[(i * 4)..]);
            pixels[(i * 4) + 3] = Alpha[i];
        }
    }
}
