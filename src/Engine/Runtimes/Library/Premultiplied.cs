using Engine.Items;

namespace Engine.Runtimes.Library;

/// <summary>A colour multiplied by its alpha, each 0 to 255.</summary>
internal readonly record struct Premultiplied(float Red, float Green, float Blue, float Alpha)
{
    /// <summary>Samples a picture bilinearly; clear outside of it. Pixel centres lie at halves.</summary>
    public static Premultiplied At(RgbImage image, byte[] alpha, double x, double y)
    {
        double left = Math.Floor(x - 0.5);
        double top = Math.Floor(y - 0.5);
        float across = (float)(x - 0.5 - left);
        float down = (float)(y - 0.5 - top);
        if (left < -1 || top < -1 || left >= image.Width || top >= image.Height)
        {
            return default;
        }

        (int column, int row) = ((int)left, (int)top);
        return default(Premultiplied)
            .Plus(Pixel(image, alpha, column, row), (1 - across) * (1 - down))
            .Plus(Pixel(image, alpha, column + 1, row), across * (1 - down))
            .Plus(Pixel(image, alpha, column, row + 1), (1 - across) * down)
            .Plus(Pixel(image, alpha, column + 1, row + 1), across * down);
    }

    public Premultiplied Plus(Premultiplied other, float weight) => new(
        Red + (other.Red * weight), Green + (other.Green * weight), Blue + (other.Blue * weight),
        Alpha + (other.Alpha * weight));

    private static Premultiplied Pixel(RgbImage image, byte[] alpha, int x, int y)
    {
        if (x < 0 || y < 0 || x >= image.Width || y >= image.Height)
        {
            return default;
        }

        int at = (y * image.Width) + x;
        float solid = alpha[at] / 255f;
        return new(
            image.Pixels[at * 3] * solid, image.Pixels[(at * 3) + 1] * solid, image.Pixels[(at * 3) + 2] * solid,
            alpha[at]);
    }
}
