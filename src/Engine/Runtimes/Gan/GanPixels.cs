using Engine.Flow;
using Engine.Items;

namespace Engine.Runtimes.Gan;

/// <summary>Turns what a GAN gives into bytes.</summary>
internal static class GanPixels
{
    /// <summary>Makes a picture.</summary>
    /// <param name="planes">[3, height, width] f32; beyond the range it is held to black and white.</param>
    /// <param name="width">Columns in px.</param>
    /// <param name="height">Rows in px.</param>
    /// <param name="range">What black and white are.</param>
    /// <returns>The picture, or a drop when a value is not finite.</returns>
    public static Outcome<RgbImage> Make(ReadOnlySpan<float> planes, int width, int height, GanRange range)
    {
        (float scale, float shift) = range == GanRange.ZeroToOne ? (255f, 0.5f) : (127.5f, 128f);
        int plane = width * height;
        byte[] pixels = new byte[3 * plane];
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> values = planes.Slice(channel * plane, plane);
            for (int i = 0; i < plane; i++)
            {
                if (!float.IsFinite(values[i]))
                {
                    return Outcome.Drop<RgbImage>(
                        RejectReason.NonFinite, $"channel {channel} of the picture holds {values[i]}");
                }

                pixels[(3 * i) + channel] = (byte)Math.Clamp((values[i] * scale) + shift, 0, 255);
            }
        }

        return Outcome.Keep(new RgbImage(width, height, pixels));
    }
}
