using Engine.Flow;
using Engine.Items;

namespace Engine.Runtimes.Diffusion;

/// <summary>Turns what the VAE decoder gives into bytes.</summary>
internal static class LatentPixels
{
    /// <summary>Makes a picture.</summary>
    /// <param name="planes">[3, height, width] f32, -1 to 1; beyond that it is held to black and white.</param>
    /// <param name="width">Columns in px.</param>
    /// <param name="height">Rows in px.</param>
    /// <returns>The picture, or a drop when a value is not finite.</returns>
    public static Outcome<RgbImage> Make(ReadOnlySpan<float> planes, int width, int height)
    {
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
                        RejectReason.NonFinite, $"channel {channel} of the decoded picture holds {values[i]}");
                }

                pixels[(3 * i) + channel] = (byte)((Math.Clamp((values[i] + 1) / 2, 0, 1) * 255) + 0.5f);
            }
        }

        return Outcome.Keep(new RgbImage(width, height, pixels));
    }
}
