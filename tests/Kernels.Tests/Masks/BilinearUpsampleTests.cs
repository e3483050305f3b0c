using Kernels.Masks;

namespace Kernels.Tests.Masks;

public sealed class BilinearUpsampleTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 7, 5)]      // one value fills the target
    [InlineData(1, 9, 1, 30)]     // one column
    [InlineData(9, 1, 30, 1)]     // one row
    [InlineData(5, 4, 5, 4)]      // the same size
    [InlineData(256, 256, 1024, 1024)]
    [InlineData(7, 13, 61, 33)]   // no whole ratio, tail of a vector
    [InlineData(33, 20, 8, 7)]    // smaller
    [InlineData(3, 200, 200, 3)]  // wider and lower at once
    public void Agrees_with_the_reference_within_rounding(int width, int height, int targetWidth, int targetHeight)
    {
        float[] source = Values(width * height, seed: 7);
        float[] actual = new float[targetWidth * targetHeight];

        BilinearUpsample.Run(source, width, height, actual, targetWidth, targetHeight);

        double[] expected = MaskReference.Upsample(source, width, height, targetWidth, targetHeight);
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.True(Math.Abs(actual[i] - expected[i]) <= 4 * 20 / 16_777_216.0, $"{i}: {actual[i]}, {expected[i]}");
        }
    }

    [Fact]
    public void Same_size_is_a_copy_bit_for_bit()
    {
        float[] source = Values(23 * 17, seed: 8);
        float[] target = new float[source.Length];

        BilinearUpsample.Run(source, 23, 17, target, 23, 17);

        Assert.Equal(source, target);
    }

    [Fact]
    public void Constant_stays_the_same_constant()
    {
        float[] target = new float[50 * 41];

        BilinearUpsample.Run(Enumerable.Repeat(0.1f, 6).ToArray(), 3, 2, target, 50, 41);

        Assert.All(target, value => Assert.Equal(0.1f, value));
    }

    [Fact]
    public void Left_right_mirror_of_the_source_mirrors_the_target()
    {
        float[] row = Values(9, seed: 9);
        (float[] target, float[] mirrored) = (new float[40], new float[40]);

        BilinearUpsample.Run(row, 9, 1, target, 40, 1);
        BilinearUpsample.Run(row.Reverse().ToArray(), 9, 1, mirrored, 40, 1);

        Assert.All(target.Zip(mirrored.Reverse()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        float[] four = new float[4];

        Assert.Throws<ArgumentException>(() => BilinearUpsample.Run(four, 3, 2, new float[8], 4, 2));
        Assert.Throws<ArgumentException>(() => BilinearUpsample.Run(four, 2, 2, new float[8], 4, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => BilinearUpsample.Run(four, 2, 2, new float[8], 0, 4));
    }

    internal static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 40) - 20)];
    }
}
