using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.CopyPaste;

namespace Engine.Tests.Runtimes.CopyPaste;

/// <summary>Goal: sizes, sides and places are spread as the reference's. Method: many draws against its formulas.
/// </summary>
public sealed class PlacedCutOutTests
{
    private const int Draws = 20_000;

    [Fact]
    public void A_known_categorys_sizes_follow_its_mean_and_deviation_within_their_bounds()
    {
        CutOut cutOut = Of(width: 60, height: 30);
        (int width, int height) = (640, 480);
        List<double> sizes = [];
        List<double> ratios = [];
        int mirrored = 0;
        foreach (PlacedCutOut placed in Drawn(cutOut, (0.2, 0.04), (width, height), mirroredShare: 0.25))
        {
            sizes.Add(Math.Sqrt((double)placed.Width * placed.Height / (width * height)));
            ratios.Add((double)placed.Height / placed.Width);
            mirrored += placed.Mirrored ? 1 : 0;
            Assert.InRange(placed.Left + (placed.Width / 2.0), -1, width + 1);
            Assert.InRange(placed.Top + (placed.Height / 2.0), -1, height + 1);
        }

        double mean = sizes.Average();
        double deviation = Math.Sqrt(sizes.Average(size => (size - mean) * (size - mean)));
        Assert.InRange(mean, 0.199, 0.201); // The standard error is 0.0003.
        Assert.InRange(deviation, 0.039, 0.041);
        Assert.InRange(ratios.Min(), 0.5 * 0.8 * 0.95, 0.5 * 0.8 * 1.05); // Whole px move a ratio by a few per cent.
        Assert.InRange(ratios.Max(), 0.5 * 1.2 * 0.95, 0.5 * 1.2 * 1.05);
        Assert.InRange(mirrored / (double)sizes.Count, 0.24, 0.26);
    }

    [Fact]
    public void Sizes_stop_at_half_the_picture_and_at_ten_px()
    {
        PlacedCutOut[] large = [.. Drawn(Of(40, 40), (0.9, 0.01), (200, 200), 0.5)];
        PlacedCutOut[] small = [.. Drawn(Of(40, 40), (0.0, 0.001), (200, 200), 0.5)];

        Assert.All(large, one => Assert.InRange(one.Width * one.Height, 98 * 98, 102 * 102));
        Assert.All(small, one => Assert.InRange(one.Width * one.Height, 9 * 9, 11 * 11));
    }

    [Fact]
    public void An_unknown_category_takes_a_share_of_the_cut_outs_own_size()
    {
        PlacedCutOut[] drawn = [.. Drawn(Of(200, 100), null, (300, 300), 0.5)];

        Assert.Equal(10, drawn.Min(one => one.Width));
        Assert.Equal(60, drawn.Max(one => one.Width));
        Assert.All(drawn, one => Assert.InRange(one.Height, (one.Width / 2.0) - 1, (one.Width / 2.0) + 1));
        Assert.All(Drawn(Of(10, 10), null, (300, 300), 0.5), one => Assert.Equal((3, 3), (one.Width, one.Height)));
    }

    [Fact]
    public void What_would_cover_the_picture_or_be_smaller_than_five_px_is_not_pasted()
    {
        SeededRandom random = new(1);

        Assert.Null(PlacedCutOut.Draw(Of(4000, 4000), null, (100, 100), 0.5, ref random));
        Assert.Null(PlacedCutOut.Draw(Of(400, 4), (0.05, 0), (100, 100), 0.5, ref random));
    }

    [Fact]
    public void A_cut_out_that_shrinks_is_halved_first_and_never_below_its_size_on_the_picture()
    {
        CutOut halved = Of(1000, 600).NoLargerThan(120, 70);

        Assert.Equal((125, 75), (halved.Image.Width, halved.Image.Height));
        Assert.Equal(halved.Image.Width * halved.Image.Height, halved.Alpha.Length);
        Assert.Equal((1000, 600), (Of(1000, 600).NoLargerThan(501, 10).Image.Width, 600));
    }

    private static IEnumerable<PlacedCutOut> Drawn(
        CutOut cutOut, (double, double)? size, (int, int) picture, double mirroredShare)
    {
        for (int i = 0; i < Draws; i++)
        {
            SeededRandom random = new((ulong)i);
            if (PlacedCutOut.Draw(cutOut, size, picture, mirroredShare, ref random) is { } placed)
            {
                yield return placed;
            }
        }
    }

    private static CutOut Of(int width, int height)
    {
        byte[] alpha = new byte[width * height];
        alpha.AsSpan().Fill(255);
        return new CutOut(
            new StoredSample(1, "k", "otter", 0, 0, 1, 0), new RgbImage(width, height, new byte[width * height * 3]),
            alpha);
    }
}
