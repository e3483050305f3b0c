using Engine.Items;

namespace Engine.Imaging;

/// <summary>Half of a picture with alpha: each pixel is the mean of 2 x 2, weighed by their alpha.</summary>
internal static class Halved
{
    /// <summary>Halves both sides, rounded up; beyond an odd border the picture is clear.</summary>
    public static (RgbImage Image, byte[] Alpha) Of(RgbImage image, byte[] alpha)
    {
        (int width, int height) = ((image.Width + 1) / 2, (image.Height + 1) / 2);
        byte[] pixels = new byte[width * height * 3];
        byte[] solid = new byte[width * height];
        for (int at = 0; at < solid.Length; at++)
        {
            (int x, int y) = (at % width * 2, at / width * 2);
            Mean(image, alpha, x, y, pixels.AsSpan(at * 3, 3), out solid[at]);
        }

        return (new RgbImage(width, height, pixels), solid);
    }

    private static void Mean(RgbImage image, byte[] alpha, int left, int top, Span<byte> colour, out byte solid)
    {
        (int sum, int red, int green, int blue) = (0, 0, 0, 0);
        for (int y = top; y < Math.Min(top + 2, image.Height); y++)
        {
            for (int x = left; x < Math.Min(left + 2, image.Width); x++)
            {
                int at = (y * image.Width) + x;
                int weight = alpha[at];
                sum += weight;
                red += weight * image.Pixels[at * 3];
                green += weight * image.Pixels[(at * 3) + 1];
                blue += weight * image.Pixels[(at * 3) + 2];
            }
        }

        solid = (byte)((sum + 2) / 4);
        if (sum > 0)
        {
            int half = sum / 2;
            colour[0] = (byte)((red + half) / sum);
            colour[1] = (byte)((green + half) / sum);
            colour[2] = (byte)((blue + half) / sum);
        }
    }
}
