using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: the mask kernels agree bit for bit with naive references. Method: every adversarial shape in every small size,
/// then random masks; a failing one is shrunk by size order, shown, and its seed printed by FsCheck.
/// </summary>
public sealed class MaskKernelTests
{
    private static readonly Config Checks = Config.QuickThrowOnFailure.WithMaxTest(150);

    [Fact]
    public void Erosion_agrees_with_the_reference_for_every_radius() =>
        Hold(mask => new[] { 0, 1, 2, 3, 5, 16, 254 }.All(radius =>
        {
            byte[] actual = mask.Copy();
            Morphology.Erode(actual, mask.Width, mask.Height, radius);
            return actual.SequenceEqual(MaskReference.Spread(mask, radius, spread: 0));
        }));

    [Fact]
    public void Dilation_agrees_with_the_reference_for_every_radius() =>
        Hold(mask => new[] { 0, 1, 2, 3, 5, 16, 254 }.All(radius =>
        {
            byte[] actual = mask.Copy();
            Morphology.Dilate(actual, mask.Width, mask.Height, radius);
            return actual.SequenceEqual(MaskReference.Spread(mask, radius, spread: 1));
        }));

    [Fact]
    public void Largest_part_agrees_with_the_reference_and_its_area_is_returned() =>
        Hold(mask =>
        {
            byte[] actual = mask.Copy();
            int area = LargestComponent.Keep(actual, mask.Width, mask.Height);
            return actual.SequenceEqual(MaskReference.Largest(mask)) && area == actual.Count(value => value == 1);
        });

    [Fact]
    public void Filled_holes_agree_with_the_reference_and_their_area_is_returned() =>
        Hold(mask =>
        {
            byte[] actual = mask.Copy();
            int filled = FillHoles.Run(actual, mask.Width, mask.Height);
            return actual.SequenceEqual(MaskReference.Filled(mask))
                && filled == actual.Count(value => value == 1) - mask.Values.Count(value => value == 1);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Parts_of_a_share_of_the_largest_agree_with_the_reference(double share) =>
        Hold(mask =>
        {
            byte[] actual = mask.Copy();
            int area = LargestComponent.KeepLarge(actual, mask.Width, mask.Height, share);
            return actual.SequenceEqual(MaskReference.Large(mask, share)) && area == actual.Count(value => value == 1);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Holes_filled_up_to_a_size_agree_with_the_reference(int areaMaxPx) =>
        Hold(mask =>
        {
            byte[] actual = mask.Copy();
            FillHoles.Run(actual, mask.Width, mask.Height, areaMaxPx);
            return actual.SequenceEqual(MaskReference.FilledUpTo(mask, areaMaxPx));
        });

    [Fact]
    public void Cleaning_twice_changes_nothing_more() =>
        Hold(mask =>
        {
            byte[] once = mask.Copy();
            LargestComponent.Keep(once, mask.Width, mask.Height);
            FillHoles.Run(once, mask.Width, mask.Height);
            byte[] twice = [.. once];
            LargestComponent.Keep(twice, mask.Width, mask.Height);
            FillHoles.Run(twice, mask.Width, mask.Height);
            return once.SequenceEqual(twice);
        });

    [Fact]
    public void Measures_agree_with_counting() =>
        Hold(mask =>
        {
            MaskMeasures actual = MaskMeasures.Of(mask.Values, mask.Width, mask.Height);
            return actual == Counted(mask);
        });

    [Fact]
    public void Threshold_sets_what_is_above_the_bound_and_never_a_NaN()
    {
        byte[] mask = new byte[6];

        Threshold.Run([0f, float.Epsilon, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity], 0, mask);

        Assert.Equal([0, 1, 0, 0, 1, 0], mask);
    }

    [Fact]
    public void Wrong_lengths_and_sides_are_refused_with_the_sizes()
    {
        byte[] five = new byte[5];

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Morphology.Erode(five, 2, 3, 1));

        Assert.Contains("5 values; [3, 2] needs 6", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LargestComponent.Keep(five, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Morphology.Dilate(five, 5, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Morphology.Dilate(five, 5, 1, 255));
        Assert.Throws<ArgumentOutOfRangeException>(() => LargestComponent.KeepLarge(five, 5, 1, double.NaN));
        Assert.Throws<ArgumentException>(() => FillHoles.Run(five, 5, 5));
        Assert.Throws<ArgumentException>(() => MaskMeasures.Of(five, 4, 1));
        Assert.Throws<ArgumentException>(() => Threshold.Run(new float[4], 0, five));
    }

    [Fact]
    public void No_kernel_allocates_once_the_pool_is_warm()
    {
        TestMask mask = TestMask.Of(300, 200, (x, y) => ((x / 7) + (y / 5)) % 3 != 0);
        byte[] work = mask.Copy();
        float[] map = new float[64 * 64];
        float[] large = new float[300 * 200];
        RunAll();

        long before = GC.GetAllocatedBytesForCurrentThread();
        RunAll();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void RunAll()
        {
            mask.Values.CopyTo(work, 0);
            BilinearUpsample.Run(map, 64, 64, large, 300, 200);
            Morphology.Erode(work, 300, 200, 2);
            LargestComponent.Keep(work, 300, 200);
            FillHoles.Run(work, 300, 200);
            MaskMeasures.Of(work, 300, 200);
        }
    }

    private static void Hold(Func<TestMask, bool> law)
    {
        Assert.All(TestMasks.Adversarial, mask => Assert.True(law(mask), mask.ToString()));
        Check.One(Checks, Prop.ForAll(TestMasks.Arbitrary, law));
    }

    private static MaskMeasures Counted(TestMask mask)
    {
        var set = Enumerable.Range(0, mask.Values.Length).Where(i => mask.Values[i] == 1)
            .Select(i => (X: i % mask.Width, Y: i / mask.Width)).ToArray();
        if (set.Length == 0)
        {
            return default;
        }

        (int left, int top) = (set.Min(at => at.X), set.Min(at => at.Y));
        return new MaskMeasures(
            set.Length, left, top, set.Max(at => at.X) - left + 1, set.Max(at => at.Y) - top + 1,
            set.Count(at => at.Y == 0), set.Count(at => at.Y == mask.Height - 1),
            set.Count(at => at.X == 0), set.Count(at => at.X == mask.Width - 1),
            MaskReference.Label(mask, value: 1, diagonal: true).Max() + 1);
    }
}
