using System.Runtime.InteropServices;

namespace Kernels.Masks;

// CocoPolygon: the mask of a polygon as COCO's own tools draw it, as runs.
//
// Shapes   points [k, 2] f64, x then y in px; runs [m] i32, column-major: zeros, ones, zeros, ...; sum = h * w.
// Method   the outline is drawn on a grid 5 times finer, one step a fine pixel. Where it passes the middle of a pixel's
//          column (from fine column 5c + 2 to 5c + 3), the column changes between out and in at that height. The
//          changes, sorted, are the runs. So a pixel is in when an odd number of changes lies at or above it.
// Work     one step a fine pixel of the outline: a 100 x 100 px square is 2,000 steps; then a sort of the changes.
// Error    none against the published rule: integers after the first rounding, tested against the plain definition.

/// <summary>Polygons as COCO run-length codes.</summary>
/// <remarks>
/// Equal to the rule of COCO's mask API (frPoly): coordinates times 5, rounded half up; lines by their longer axis; a
/// change of a column at the upper of the two fine heights, rounded up to a pixel. Source: the COCO mask API's
/// published behaviour (cocodataset.org).
/// </remarks>
public static class CocoPolygon
{
    /// <summary>Farthest a coordinate may be from 0, in px.</summary>
    public const double CoordinateMaxPx = 65_536;

    private const int Scale = 5;

    // About 13 million px of outline: a fraction of a second. Far more than any picture's; less than a hostile file's.
    private const long StepsMax = 1L << 26;

    /// <summary>Draws one polygon; it is closed from its last point to its first.</summary>
    /// <param name="points">[k, 2] x and y in px, k at least 3; may lie outside the mask.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1; width times height at most 2^31 - 1.</param>
    /// <returns>Run lengths in px, zeros first, column-major; they sum to height * width.</returns>
    /// <exception cref="ArgumentException">
    /// A side is wrong, the numbers are odd or fewer than 6, one is not finite or too far out, or the outline is too
    /// long.
    /// </exception>
    public static int[] Encode(ReadOnlySpan<double> points, int width, int height)
    {
        Check(points, width, height);
        List<int> changes = [];
        (int X, int Y) last = Fine(points[..2]);
        (int X, int Y) from = last;
        for (int i = 2; i <= points.Length; i += 2)
        {
            (int X, int Y) to = i == points.Length ? last : Fine(points.Slice(i, 2));
            AddChanges(from, to, width, height, changes);
            from = to;
        }

        changes.Sort();
        return Runs(CollectionsMarshal.AsSpan(changes), width * height);
    }

    // Steps along the longer axis, always counted from its smaller end, so that a line and its reverse are the same.
    private static void AddChanges((int X, int Y) from, (int X, int Y) to, int width, int height, List<int> changes)
    {
        (int dx, int dy) = (Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        bool isFlat = dx >= dy;
        bool isFlipped = isFlat ? from.X > to.X : from.Y > to.Y;
        ((int X, int Y) low, (int X, int Y) high) = isFlipped ? (to, from) : (from, to);
        int steps = Math.Max(dx, dy);
        double slope = isFlat ? (double)(high.Y - low.Y) / dx : (double)(high.X - low.X) / dy;
        (int X, int Y) before = from;
        for (int step = 0; step <= steps; step++)
        {
            int at = isFlipped ? steps - step : step;
            (int X, int Y) now = isFlat
                ? (low.X + at, (int)(low.Y + (slope * at) + 0.5))
                : ((int)(low.X + (slope * at) + 0.5), low.Y + at);
            if (step > 0)
            {
                AddChange(before, now, width, height, changes);
            }

            before = now;
        }
    }

    private static void AddChange((int X, int Y) a, (int X, int Y) b, int width, int height, List<int> changes)
    {
        if (a.X == b.X)
        {
            return;
        }

        // Two fine columns lie on both sides of a pixel's middle only if the left of them is 5c + 2.
        (int column, int rest) = Math.DivRem(Math.Min(a.X, b.X), Scale);
        if (rest == Scale / 2 && column < width && column >= 0)
        {
            double row = Math.Ceiling(((Math.Min(a.Y, b.Y) + 0.5) / Scale) - 0.5);
            changes.Add((column * height) + (int)Math.Clamp(row, 0, height));
        }
    }

    // Two changes at one place undo each other, so the run between them goes and its neighbours become one.
    private static int[] Runs(ReadOnlySpan<int> changes, int pixels)
    {
        List<int> kept = new(changes.Length + 1);
        foreach (int change in changes)
        {
            if (kept.Count > 0 && kept[^1] == change)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else
            {
                kept.Add(change);
            }
        }

        if (kept.Count > 0 && kept[^1] == pixels)
        {
            kept.RemoveAt(kept.Count - 1);
        }

        int[] runs = new int[kept.Count + 1];
        int before = 0;
        for (int i = 0; i < kept.Count; i++)
        {
            runs[i] = kept[i] - before;
            before = kept[i];
        }

        runs[^1] = pixels - before;
        return runs;
    }

    private static (int X, int Y) Fine(ReadOnlySpan<double> point) =>
        ((int)((Scale * point[0]) + 0.5), (int)((Scale * point[1]) + 0.5));

    private static void Check(ReadOnlySpan<double> points, int width, int height)
    {
        if (width < 1 || height < 1 || (long)width * height > int.MaxValue)
        {
            throw new ArgumentException($"The mask is {width} x {height} px; sides are from 1, pixels up to 2^31 - 1.");
        }

        if (points.Length < 6 || points.Length % 2 != 0)
        {
            throw new ArgumentException($"A polygon of {points.Length} numbers; it has an even number, at least 6.");
        }

        foreach (double value in points)
        {
            if (!(Math.Abs(value) <= CoordinateMaxPx))
            {
                throw new ArgumentException($"A coordinate is {value}; it must be within {CoordinateMaxPx} px of 0.");
            }
        }

        double steps = 0;
        for (int i = 0; i < points.Length; i++)
        {
            steps += Scale * Math.Abs(points[i] - points[(i + 2) % points.Length]);
        }

        if (steps > StepsMax)
        {
            throw new ArgumentException($"The outline has {steps:F0} steps; at most {StepsMax} are drawn.");
        }
    }
}
