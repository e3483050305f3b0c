using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using System.Globalization;

namespace Engine.Runtimes.Library;

/// <summary>Puts one object on white: turned, scaled and shifted by seed.</summary>
/// <remarks>The object is sampled bilinearly in premultiplied colour, so that what lies under its clear parts never
/// bleeds into its edge; where it shrinks, a target pixel is the mean of several samples, and where it shrinks a lot
/// the source is halved first.</remarks>
internal static class LibraryComposer
{
    // Below it, 4 by 4 samples would leave out pixels of the source: fine patterns would turn into coarse ones.
    private const double ScaleDrawnMin = 0.25;

    public static LibraryComposition Compose(
        LibraryEntry entry, RgbImage source, byte[] alpha, LibraryOptions options, ulong seed)
    {
        SeededRandom random = new(seed);
        Box box = BoxOf(alpha, source.Width, source.Height);
        (double fromX, double fromY) = (box.X + (box.Width / 2.0), box.Y + (box.Height / 2.0));
        double share = random.Between(options.ScaleMin, options.ScaleMax);
        double degrees = random.Between(-options.RotationMaxDegrees, options.RotationMaxDegrees);
        (double sin, double cos) = Math.SinCos(degrees * Math.PI / 180);

        // The turned box must keep within the share of the side, whatever the turn.
        int side = options.PictureSidePx;
        double turnedWidth = (Math.Abs(cos) * box.Width) + (Math.Abs(sin) * box.Height);
        double turnedHeight = (Math.Abs(sin) * box.Width) + (Math.Abs(cos) * box.Height);
        double scale = share * side / Math.Max(turnedWidth, turnedHeight);
        double roomX = (side - (turnedWidth * scale)) / 2 * options.ShiftMax;
        double roomY = (side - (turnedHeight * scale)) / 2 * options.ShiftMax;
        double centreX = (side / 2.0) + random.Between(-roomX, roomX);
        double centreY = (side / 2.0) + random.Between(-roomY, roomY);

        double drawn = scale;
        for (; drawn < ScaleDrawnMin; drawn *= 2)
        {
            (source, alpha) = Halved.Of(source, alpha);
            (fromX, fromY) = (fromX / 2, fromY / 2);
        }

        Placement placement = new(fromX, fromY, centreX, centreY, cos / drawn, sin / drawn);
        (byte[] pixels, byte[] coverage) = Draw(source, alpha, side, placement, Math.Clamp((int)(1 / drawn) + 1, 2, 4));
        return new LibraryComposition(new RgbImage(side, side, pixels), coverage, new Dictionary<string, string>
        {
            ["source"] = entry.Path,
            ["name"] = entry.Name,
            ["scale"] = scale.ToString("R", CultureInfo.InvariantCulture),
            ["rotation_degrees"] = degrees.ToString("R", CultureInfo.InvariantCulture),
            ["centre_x_px"] = centreX.ToString("R", CultureInfo.InvariantCulture),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["centre_y_px"] = centreY.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>The box of what is not clear; the whole picture when all of it is.</summary>
    private static Box BoxOf(byte[] alpha, int width, int height)
    {
        (int left, int top, int right, int bottom) = (width, height, -1, -1);
        for (int i = 0; i < alpha.Length; i++)
        {
            if (alpha[i] > 0)
            {
                (int x, int y) = (i % width, i / width);
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
        }

        return right < 0 ? new Box(0, 0, width, height) : new Box(left, top, right - left + 1, bottom - top + 1);
    }

    private static (byte[] Pixels, byte[] Alpha) Draw(
        RgbImage source, byte[] alpha, int side, Placement placement, int samples)
    {
        byte[] pixels = new byte[side * side * 3];
        byte[] coverage = new byte[side * side];
        float share = 1f / (samples * samples);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                Premultiplied sum = default;
                for (int part = 0; part < samples * samples; part++)
                {
                    double targetX = x + (((part % samples) + 0.5) / samples);
                    double targetY = y + (((part / samples) + 0.5) / samples);
                    (double sourceX, double sourceY) = placement.SourceOf(targetX, targetY);
                    sum = sum.Plus(Premultiplied.At(source, alpha, sourceX, sourceY), share);
                }

                int at = (y * side) + x;
                coverage[at] = (byte)(sum.Alpha + 0.5f);
                float white = 255f - sum.Alpha;
                pixels[at * 3] = (byte)Math.Min(sum.Red + white + 0.5f, 255f);
                pixels[(at * 3) + 1] = (byte)Math.Min(sum.Green + white + 0.5f, 255f);
                pixels[(at * 3) + 2] = (byte)Math.Min(sum.Blue + white + 0.5f, 255f);
            }
        }

        return (pixels, coverage);
    }
}
