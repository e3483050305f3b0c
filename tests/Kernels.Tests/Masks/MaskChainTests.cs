using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: a mask chain gives the reference's bits and records, on every device. Method: one body, a backend a subclass;
/// every adversarial mask, then random batches of any size and option (FsCheck prints the seed), then what is not
/// finite. Error allowed: none.
/// </summary>
public abstract class MaskChainTests
{
    private static readonly Config Checks = Config.QuickThrowOnFailure.WithMaxTest(150);

    /// <summary>The chain under test; the subclass owns it.</summary>
    protected abstract IMaskChain Chain { get; }

    /// <summary>Random batches that a property tries.</summary>
    protected virtual int BatchesMax => 150;

    [Fact]
    [Trait("oclgrind", "yes")]
    public void Small_batch_equals_the_reference() =>
        AssertEqualsReference(new MaskChainCase(2, 9, 7, 37, 11, new MaskChainOptions { ErodePx = 1 }, Seed: 5));

    [Fact]
    [Trait("oclgrind", "yes")]
    public void Winding_part_with_holes_equals_the_reference() =>
        Assert.All(
            MaskChainCase.Adversarial.Where(at => at.Case is { Width: 33, Height: 64 } or { Width: 31 }).TakeLast(3),
            at => AssertEqualsReference(at.Case, at.Logits));

    [Fact]
    public void Every_adversarial_mask_equals_the_reference() =>
        Assert.All(MaskChainCase.Adversarial, at => AssertEqualsReference(at.Case, at.Logits));

    [Fact]
    public void Random_batches_equal_the_reference() =>
        Check.One(Checks.WithMaxTest(BatchesMax), Prop.ForAll(MaskChainCase.Arbitrary, at =>
        {
            AssertEqualsReference(at);
            return true;
        }));

    [Theory]
    [InlineData(256, 256, 1024, 1024, 4)]
    [InlineData(256, 171, 640, 427, -3)]  // as a model gives them for a picture that is not square
    [InlineData(64, 64, 61, 33, 0)]       // smaller, no whole ratio
    [InlineData(1, 1, 1, 1, 254)]
    [InlineData(3, 300, 300, 3, 20)]      // wider and lower at once; the disc is larger than the picture
    [InlineData(1, 500, 1, 1000, 2)]
    public void Sizes_of_work_equal_the_reference(
        int width, int height, int targetWidth, int targetHeight, int erodePx) =>
        AssertEqualsReference(new MaskChainCase(
            2, width, height, targetWidth, targetHeight, new MaskChainOptions { ErodePx = erodePx }, Seed: 11));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [Trait("oclgrind", "yes")]
    public void Picture_that_is_not_finite_is_reported_and_left_empty_and_no_other(float value)
    {
        MaskChainCase at = new(4, 13, 9, 40, 20, new MaskChainOptions { Invert = true }, Seed: 3);
        float[] logits = at.Logits();
        logits[(2 * 13 * 9) - 1] = value; // the last of the second picture
        logits[3 * 13 * 9] = value;       // the first of the fourth

        (uint[] bits, MaskRecord[] records) = RunOn(Chain, at, logits);

        Assert.Equal(
            [MaskFaults.None, MaskFaults.NotFinite, MaskFaults.None, MaskFaults.NotFinite],
            records.Select(record => record.Faults));
        Assert.Equal(new MaskRecord { Faults = MaskFaults.NotFinite }, records[1]);
        Assert.All(bits[at.Words..(2 * at.Words)], word => Assert.Equal(0u, word));
        AssertEqualsReference(at, logits);
    }

    [Fact]
    public void Overflow_between_finite_logits_is_the_same_everywhere()
    {
        float[] logits = [float.MaxValue, -float.MaxValue, 0, -float.MaxValue, float.MaxValue, float.Epsilon];

        AssertEqualsReference(new MaskChainCase(1, 3, 2, 50, 31, new MaskChainOptions(), 0), logits);
    }

    [Fact]
    public void Empty_batch_is_done_at_once() => Chain.Run([], 5, 5, new MaskChainOptions(), 9, 9, [], []);

    [Fact]
    public void Wrong_lengths_sides_and_options_are_refused_with_the_sizes()
    {
        MaskChainOptions options = new();
        MaskRecord[] one = new MaskRecord[1];
        ArgumentException thrown = Assert.Throws<ArgumentException>(
            () => Chain.Run(new float[5], 2, 3, options, 4, 4, new uint[4], one));

        Assert.Contains("5 values; [1, 3, 2] needs 6", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Chain.Run(new float[6], 2, 3, options, 33, 4, new uint[4], one));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chain.Run([], 0, 3, options, 4, 4, new uint[4], one));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Chain.Run(new float[6], 2, 3, options, 4, MaskChain.SideMaxPx + 1, [], one));
        Assert.Throws<ArgumentException>(() => Chain.Run(
            new float[6], 2, 3, new MaskChainOptions { ErodePx = 255 }, 4, 4, new uint[4], one));
        Assert.Throws<ArgumentException>(() => Chain.Run(
            new float[6], 2, 3, new MaskChainOptions { Threshold = float.NaN }, 4, 4, new uint[4], one));
    }

    private protected static (uint[] Bits, MaskRecord[] Records) RunOn(
        IMaskChain chain, MaskChainCase at, float[] logits)
    {
        uint[] bits = new uint[at.Pictures * at.Words];
        MaskRecord[] records = new MaskRecord[at.Pictures];
        Array.Fill(bits, 0xDEAD_BEEF); // What was there before must not matter.
        chain.Run(logits, at.Width, at.Height, at.Options, at.TargetWidth, at.TargetHeight, bits, records);
        return (bits, records);
    }

    private void AssertEqualsReference(MaskChainCase at, float[]? logits = null)
    {
        logits ??= at.Logits();
        using MaskChainReference reference = new();

        (uint[] bits, MaskRecord[] records) = RunOn(Chain, at, logits);

        (uint[] expectedBits, MaskRecord[] expected) = RunOn(reference, at, logits);
        Assert.Equal(expected, records);
        Assert.True(expectedBits.AsSpan().SequenceEqual(bits), at.ToString());
    }
}
