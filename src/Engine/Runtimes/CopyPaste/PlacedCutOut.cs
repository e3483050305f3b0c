using Engine.Pipeline.Generate;

namespace Engine.Runtimes.CopyPaste;

/// <summary>Where and how large a cut-out lies on a picture.</summary>
/// <param name="CutOut">The cut-out.</param>
/// <param name="Left">Its first column, px of the picture; may lie outside.</param>
/// <param name="Top">Its first row, the same.</param>
/// <param name="Width">Its columns on the picture.</param>
/// <param name="Height">Its rows on the picture.</param>
/// <param name="Mirrored">Whether left and right are swapped.</param>
internal sealed record PlacedCutOut(CutOut CutOut, int Left, int Top, int Width, int Height, bool Mirrored)
{
    private const int SidePx = 5; // A smaller one is not pasted.
    private const double SizeMax = 0.5;
    private const double SizeMinPx = 10;
    private const double AspectChange = 0.2;
    private const double UnknownScaleMin = 0.05;
    private const double UnknownScaleMax = 0.3;
    private const int UnknownSideMinPx = 3;

    /// <summary>Draws size, side and place.</summary>
    /// <param name="cutOut">The cut-out.</param>
    /// <param name="size">Its category's sizes among real objects; null where there are none.</param>
    /// <param name="picture">The picture's sides in px.</param>
    /// <param name="mirroredShare">Share of the cut-outs that are mirrored.</param>
    /// <param name="random">Gives the same numbers of draws whatever comes of them.</param>
    /// <returns>The place; null when it would be smaller than 5 px or as large as the picture.</returns>
    public static PlacedCutOut? Draw(
        CutOut cutOut, (double Mean, double Deviation)? size, (int Width, int Height) picture, double mirroredShare,
        ref SeededRandom random)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.Next())) * Math.Cos(2 * Math.PI * random.Next());
        double aspect = random.Between(1 - AspectChange, 1 + AspectChange);
        double unknown = random.Between(UnknownScaleMin, UnknownScaleMax);
        bool mirrored = random.Next() < mirroredShare;
        (double x, double y) = (random.Between(0, picture.Width), random.Between(0, picture.Height));
        int sideMin = SidePx;
        (double width, double height) = (cutOut.Image.Width * unknown, cutOut.Image.Height * unknown);
        if (size is { } known)
        {
            double s = Math.Clamp(
                known.Mean + (normal * known.Deviation), Math.Min(SizeMinPx / picture.Height, SizeMax), SizeMax);
            double ratio = (double)cutOut.Image.Height / cutOut.Image.Width * aspect;
            height = Math.Sqrt(s * s * picture.Height * picture.Width * ratio);
            width = height / ratio;
        }
        else
        {
            (width, height) = (Math.Max(width, UnknownSideMinPx), Math.Max(height, UnknownSideMinPx));
            sideMin = UnknownSideMinPx;
        }

        (int columns, int rows) = ((int)Math.Round(width), (int)Math.Round(height));
        return columns < sideMin || rows < sideMin || columns >= picture.Width || rows >= picture.Height
            ? null
            : new PlacedCutOut(
                cutOut.NoLargerThan(columns, rows), (int)Math.Floor(x - (columns / 2.0)),
                (int)Math.Floor(y - (rows / 2.0)), columns, rows, mirrored);
    }
}
