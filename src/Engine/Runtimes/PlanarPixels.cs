using Engine.Flow;
using Engine.Items;

namespace Engine.Runtimes;

/// <summary>Turns the planes that a generating model gives into bytes.</summary>
internal static class PlanarPixels
{
    /// <summary>Makes a picture.</summary>
    /// <param name="planes">[3, height, width] f32, black to 1; beyond that it is held to black and white.</param>
    /// <param name="width">Columns in px.</param>
    /// <param name="height">Rows in px.</param>
    /// <param name="black">The value of black: -1 or 0.</param>
    /// <param name="what">What the planes are, for the drop's detail.</param>
    /// <returns>The picture, or a drop when a value is not finite.</returns>
    public static Outcome<RgbImage> Make(
        ReadOnlySpan<float> planes, int width, int height, float black, string what = "picture")
    {
        int plane = width * height;
        float span = 1 - black;
        byte[] pixels = new byte[3 * plane];
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> values = planes.Slice(channel * plane, plane);
            for (int i = 0; i < plane; i++)
            {
                if (!float.IsFinite(values[i]))
                {
                    return Outcome.Drop<RgbImage>(
                        RejectReason.NonFinite, $"channel {channel} of the {what} holds {values[i]}");
                }

                pixels[(3 * i) + channel] = (byte)((Math.Clamp((values[i] - black) / span, 0, 1) * 255) + 0.5f);
            }
        }

        return Outcome.Keep(new RgbImage(width, height, pixels));
    }
}
