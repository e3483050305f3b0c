using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;
using Tests.Shared;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: a polygon has the mask that COCO's tools give it. Method: known masks, made by a second implementation in
/// another language from the rule's description; the plain definition pixel by pixel; pycocotools where it is there.
/// </summary>
public sealed class CocoPolygonTests
{
    private static readonly Arbitrary<(int Width, int Height, double[] Points)> AnyPolygon = (
        from width in Gen.Choose(1, 40)
        from height in Gen.Choose(1, 40)
        from corners in Gen.Choose(3, 12)
        from seed in Gen.Choose(0, int.MaxValue)
        from grid in Gen.Elements(0, 1, 2)
        select (width, height, Points(width, height, corners, seed, grid))).ToArbitrary();

    public static TheoryData<double[], int, int, int[]> Known => new()
    {
        { [1, 1, 4, 1, 4, 4, 1, 4], 6, 6, [7, 3, 3, 3, 3, 3, 14] },
        { [0, 0, 5, 0, 5, 5, 0, 5], 5, 5, [0, 25] },
        { [0.5, 0.5, 7.3, 2.1, 3.9, 6.8], 8, 8, [9, 1, 7, 3, 5, 5, 3, 5, 4, 3, 5, 1, 13] },
        { [-3, 2, 4, -5, 12, 4.4, 5, 13], 9, 7, [0, 63] },
        { [1, 1, 8, 8, 8, 1, 1, 8], 10, 10, [11, 6, 5, 4, 7, 2, 18, 2, 7, 4, 5, 6, 23] }, // crosses itself
        { [2.2, 2.2, 2.3, 2.2, 2.3, 2.3], 5, 5, [25] }, // smaller than a pixel
        {
            [0, 0, 9.5, 0.49, 9.5, 9.5, 4.75, 3.1, 0, 9.5], 10, 10,
            [0, 9, 1, 8, 2, 6, 4, 5, 5, 4, 6, 4, 6, 5, 5, 7, 3, 8, 2, 9, 1]
        },
        { [3, 3, 3, 3, 7, 3, 7, 6, 3, 6], 9, 9, [30, 3, 6, 3, 6, 3, 6, 3, 21] }, // a point twice
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_polygons_have_their_known_runs(double[] points, int width, int height, int[] runs)
    {
        int[] actual = CocoPolygon.Encode(points, width, height);

        Assert.Equal(runs, actual);
    }

    [Fact]
    public void Runs_are_those_of_the_plain_definition() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(AnyPolygon, one => CocoPolygon.Encode(one.Points, one.Width, one.Height)
            .SequenceEqual(CocoRle.Encode(Plain(one.Points, one.Width, one.Height), one.Width, one.Height))));

    [Theory]
    [InlineData(new double[] { 1, 1, 2, 2 }, 5, 5)]
    [InlineData(new double[] { 1, 1, 2, 2, 3, 3, 4 }, 5, 5)]
    [InlineData(new double[] { 1, 1, 2, 2, 3, double.NaN }, 5, 5)]
    [InlineData(new double[] { 1, 1, 2, 2, 3, 1e300 }, 5, 5)]
    [InlineData(new double[] { 1, 1, 2, 2, 3, 3 }, 0, 5)]
    [InlineData(new double[] { 1, 1, 2, 2, 3, 3 }, 65_536, 65_536)]
    public void What_is_no_polygon_is_refused(double[] points, int width, int height)
    {
        Assert.Throws<ArgumentException>(() => CocoPolygon.Encode(points, width, height));
    }

    [Fact]
    public void Outline_of_endless_length_is_refused()
    {
        double[] zigzag = [.. Enumerable.Range(0, 1000).Select(i => i / 2 % 2 == 0 ? -60_000.0 : 60_000.0)];

        Assert.Throws<ArgumentException>(() => CocoPolygon.Encode(zigzag, 10, 10));
    }

    [Fact]
    public async Task Random_polygons_have_the_runs_of_pycocotools()
    {
        double[][] polygons =
            [.. Enumerable.Range(0, 200).Select(seed => Points(60, 45, 3 + (seed % 9), seed, seed % 3))];
        string input = "[" + string.Join(',', polygons.Select(
            points => "[" + string.Join(',', points.Select(p => p.ToString("R", CultureInfo.InvariantCulture))) + "]"))
            + "]";

        string output = await Python.RunAsync(
            [("pycocotools.mask", "python3-pycocotools")],
            """
            import sys, json, pycocotools.mask as coco
            for points in json.loads(sys.argv[1]):
                print(coco.frPyObjects([points], 45, 60)[0]["counts"].decode())
            """,
            input);

        Assert.Equal(
            polygons.Select(points => CocoRle.ToText(CocoPolygon.Encode(points, 60, 45))),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static double[] Points(int width, int height, int corners, int seed, int grid)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, corners * 2).Select(i =>
        {
            double value = ((random.NextDouble() * 1.6) - 0.3) * (i % 2 == 0 ? width : height);
            return grid == 0 ? value : Math.Round(value * grid) / grid; // many coordinates on pixels and halves
        })];
    }

    // In is the pixel at or above which an odd number of crossings of its column's middle lies.
    private static byte[] Plain(double[] points, int width, int height)
    {
        List<(int X, int Y)> outline = [];
        for (int i = 0; i < points.Length; i += 2)
        {
            int next = (i + 2) % points.Length;
            AddLine(Fine(points[i], points[i + 1]), Fine(points[next], points[next + 1]), outline);
        }

        byte[] mask = new byte[width * height];
        foreach (((int X, int Y) a, (int X, int Y) b) in outline.Zip(outline.Skip(1)))
        {
            double column = ((Math.Min(a.X, b.X) + 0.5) / 5) - 0.5;
            if (a.X == b.X || column != Math.Floor(column) || column < 0 || column >= width)
            {
                continue;
            }

            double top = Math.Ceiling(((Math.Min(a.Y, b.Y) + 0.5) / 5) - 0.5);
            for (int row = (int)Math.Max(top, 0); row < height; row++)
            {
                mask[(row * width) + (int)column] ^= 1;
            }
        }

        return mask;
    }

    private static (int X, int Y) Fine(double x, double y) => ((int)((5 * x) + 0.5), (int)((5 * y) + 0.5));

    private static void AddLine((int X, int Y) from, (int X, int Y) to, List<(int X, int Y)> outline)
    {
        (int dx, int dy) = (Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        if (dx + dy == 0)
        {
            return;
        }

        bool isFlat = dx >= dy;
        ((int X, int Y) a, (int X, int Y) b) = (isFlat ? from.X > to.X : from.Y > to.Y) ? (to, from) : (from, to);
        (int X, int Y)[] line = isFlat
            ? [.. Enumerable.Range(0, dx + 1).Select(t => (a.X + t, Half(a.Y, (double)(b.Y - a.Y) / dx, t)))]
            : [.. Enumerable.Range(0, dy + 1).Select(t => (Half(a.X, (double)(b.X - a.X) / dy, t), a.Y + t))];
        outline.AddRange(a == from ? line : line.Reverse());

        static int Half(int start, double slope, int step) => (int)(start + (slope * step) + 0.5);
    }
}
