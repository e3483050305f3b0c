using Engine.Imaging;
using Engine.Items;

namespace Engine.Runtimes.Embed;

/// <summary>Brings pictures to a model's input: resize, cut the middle out, scale, normalise.</summary>
internal sealed class ImagePreprocessor
{
    private const int Channels = 3;

    private readonly Preprocessing _how;
    private readonly float[] _byValue = new float[Channels * 256]; // [channel, byte]: what the byte becomes.

    public ImagePreprocessor(Preprocessing how)
    {
        _how = how;
        for (int i = 0; i < _byValue.Length; i++)
        {
            (int channel, int value) = (i / 256, i % 256);
            _byValue[i] = (float)(((value * how.Scale) - how.Mean[channel]) / how.Std[channel]);
        }
    }

    /// <summary>Numbers a picture becomes: 3 * height * width.</summary>
    public int Length => Channels * _how.Size.Width * _how.Size.Height;

    /// <summary>Writes one picture.</summary>
    /// <param name="image">A picture of any size.</param>
    /// <param name="target">Receives [3, height, width] f32, row-major, of the size that <see cref="Preprocessing"/>
    /// says.</param>
    public void Write(RgbImage image, Span<float> target)
    {
        RgbImage sized = Middle(Resized(image));
        PictureTensor.WritePlanes(sized, _byValue, target, sized.Width, sized.Width * sized.Height);
    }

    private RgbImage Resized(RgbImage image)
    {
        if (_how.Stretch is { } stretch)
        {
            return ImageResize.Resize(image, stretch.Width, stretch.Height, _how.Kernel);
        }

        if (_how.ShortSidePx == 0)
        {
            return image;
        }

        RgbImage bounded = Bounded(image);
        int shortSide = Math.Min(bounded.Width, bounded.Height);
        return ImageResize.Resize(
            bounded, Scaled(bounded.Width, shortSide), Scaled(bounded.Height, shortSide), _how.Kernel);
    }

    /// <summary>A side after scaling, cut to whole px as the reference preprocessors do.</summary>
    private int Scaled(int side, int shortSide) => (int)((long)side * _how.ShortSidePx / shortSide);

    /// <summary>Cuts the ends off a picture so thin that, scaled, it would be over the bound on a side.</summary>
    /// <remarks>They lie outside the middle that is kept.</remarks>
    private RgbImage Bounded(RgbImage image)
    {
        int shortSide = Math.Min(image.Width, image.Height);
        int longest = (int)((long)RgbImage.SideMaxPx * shortSide / _how.ShortSidePx);
        return Math.Max(image.Width, image.Height) <= longest
            ? image
            : Cut(image, Math.Min(image.Width, longest), Math.Min(image.Height, longest));
    }

    /// <summary>Cuts the middle out; where a picture that is not resized is smaller, black surrounds it.</summary>
    private RgbImage Middle(RgbImage image)
    {
        if (_how.Crop is not { } crop || (image.Width == crop.Width && image.Height == crop.Height))
        {
            return image;
        }

        RgbImage cut = Cut(image, Math.Min(image.Width, crop.Width), Math.Min(image.Height, crop.Height));
        if (cut.Width == crop.Width && cut.Height == crop.Height)
        {
            return cut;
        }

        byte[] pixels = new byte[crop.Width * crop.Height * Channels];
        (int left, int top) = ((crop.Width - cut.Width) / 2, (crop.Height - cut.Height) / 2);
        for (int row = 0; row < cut.Height; row++)
        {
            cut.Pixels.AsSpan(row * cut.Width * Channels, cut.Width * Channels)
                .CopyTo(pixels.AsSpan((((top + row) * crop.Width) + left) * Channels));
        }

        return new RgbImage(crop.Width, crop.Height, pixels);
    }

    private static RgbImage Cut(RgbImage image, int width, int height) => ImageResize.Crop(
        image, new Box((image.Width - width) / 2, (image.Height - height) / 2, width, height));
}
