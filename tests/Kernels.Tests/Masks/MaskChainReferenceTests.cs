using Kernels.Masks;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: the reference itself is right. Method: it equals the single kernels one after another, which are held to
/// OpenCV; and it differs from the f64 interpolation only where that lies within the error bound of the threshold.
/// </summary>
public sealed class MaskChainReferenceTests
{
    [Theory]
    [InlineData(0, false, true, true)]
    [InlineData(2, false, true, true)]
    [InlineData(-2, true, true, false)]
    [InlineData(1, true, false, true)]
    public void Chain_equals_the_single_kernels_one_after_another(int erodePx, bool invert, bool largest, bool fill)
    {
        MaskChainOptions options = new()
        {
            ErodePx = erodePx,
            Invert = invert,
            LargestOnly = largest,
            FillHoles = fill,
            Threshold = 1.5f,
        };
        for (int seed = 0; seed < 20; seed++)
        {
            MaskChainCase at = new(1, 20 + seed, 31, 90, 40 + (9 * seed), options, seed);
            uint[] bits = new uint[at.Words];
            MaskRecord[] records = new MaskRecord[1];
            using MaskChainReference chain = new();

            chain.Run(at.Logits(), at.Width, at.Height, options, at.TargetWidth, at.TargetHeight, bits, records);

            (byte[] expected, MaskRecord measured) = OneAfterAnother(at);
            byte[] actual = new byte[expected.Length];
            MaskBits.Unpack(bits, at.TargetWidth, at.TargetHeight, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), at.ToString());
            Assert.Equal(measured, records[0]);
        }
    }

    [Theory]
    [InlineData(256, 256, 512, 512)]
    [InlineData(50, 30, 333, 77)]
    [InlineData(50, 30, 21, 22)]
    public void Interpolation_agrees_with_f64_but_within_the_bound_of_the_threshold(
        int width, int height, int targetWidth, int targetHeight)
    {
        MaskChainOptions options = new() { LargestOnly = false, FillHoles = false };
        MaskChainCase at = new(1, width, height, targetWidth, targetHeight, options, Seed: 21);
        float[] logits = at.Logits();
        uint[] bits = new uint[at.Words];
        byte[] actual = new byte[targetWidth * targetHeight];
        using MaskChainReference chain = new();

        chain.Run(logits, width, height, options, targetWidth, targetHeight, bits, new MaskRecord[1]);

        MaskBits.Unpack(bits, targetWidth, targetHeight, actual);
        double[] exact = MaskReference.Upsample(logits, width, height, targetWidth, targetHeight);
        double bound = 4 * 20 / 16_777_216.0;
        for (int i = 0; i < exact.Length; i++)
        {
            Assert.True(actual[i] == (exact[i] > 0 ? 1 : 0) || Math.Abs(exact[i]) <= bound, $"{i}: {exact[i]}");
        }
    }

    [Fact]
    public void Packing_and_unpacking_give_the_mask_back_and_zeros_behind_the_last_column() =>
        Assert.All(TestMasks.Adversarial, mask =>
        {
            int words = MaskBits.Words(mask.Width);
            uint[] bits = new uint[words * mask.Height];
            byte[] back = new byte[mask.Values.Length];

            MaskBits.Pack(mask.Values, mask.Width, mask.Height, bits);
            MaskBits.Unpack(bits, mask.Width, mask.Height, back);

            Assert.Equal(mask.Values, back);
            Assert.All(bits.Chunk(words), row => Assert.Equal(0u, row[^1] & ~MaskBits.LastWord(mask.Width)));
        });

    private static (byte[] Mask, MaskRecord Record) OneAfterAnother(MaskChainCase at)
    {
        (int width, int height, MaskChainOptions options) = (at.TargetWidth, at.TargetHeight, at.Options);
        float[] map = new float[width * height];
        byte[] mask = new byte[map.Length];
        BilinearUpsample.Run(at.Logits(), at.Width, at.Height, map, width, height);
        Threshold.Run(map, options.Threshold, mask);
        mask = options.Invert ? Array.ConvertAll(mask, value => (byte)(1 - value)) : mask;
        Morphology.Erode(mask, width, height, Math.Max(0, options.ErodePx));
        Morphology.Dilate(mask, width, height, Math.Max(0, -options.ErodePx));
        int parts = MaskMeasures.Of(mask, width, height).Components;
        if (options.LargestOnly)
        {
            LargestComponent.Keep(mask, width, height);
        }

        int holes = options.FillHoles ? FillHoles.Run(mask, width, height) : 0;
        MaskMeasures of = MaskMeasures.Of(mask, width, height);
        return (mask, new MaskRecord(
            of.AreaPx, of.Left, of.Top, of.Width, of.Height, of.TopPx, of.BottomPx, of.LeftPx, of.RightPx, parts,
            holes, MaskFaults.None));
    }
}
