using Kernels.Masks;

namespace Kernels.Tests.Masks;

public sealed class ColourSpreadTests
{
    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.5)]
    [InlineData(97, 0.9)]
    [InlineData(1000, 1.0)]
    [InlineData(1000, 0.01)]
    public void Agrees_with_sorting(int count, double part)
    {
        Random random = new(count);
        byte[] pixels = new byte[3 * count];
        random.NextBytes(pixels);
        byte[] mask = [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(0, 2))];

        int actual = ColourSpread.Outside(pixels, mask, part);

        Assert.Equal(Sorted(pixels, mask, part), actual);
    }

    [Fact]
    public void Plain_background_has_no_spread_whatever_the_object_is()
    {
        byte[] pixels = [255, 255, 255, 0, 17, 200, 255, 255, 255, 255, 255, 255];

        Assert.Equal(0, ColourSpread.Outside(pixels, [0, 1, 0, 0], 1));
        Assert.Equal(0, ColourSpread.Outside(pixels, [1, 1, 1, 1], 0.9));
    }

    [Fact]
    public void Specks_below_the_part_do_not_count()
    {
        byte[] pixels = new byte[300];
        pixels.AsSpan(0, 27).Fill(255);

        Assert.Equal(0, ColourSpread.Outside(pixels, new byte[100], 0.9));
        Assert.Equal(255, ColourSpread.Outside(pixels, new byte[100], 0.95));
    }

    [Fact]
    public void Wrong_lengths_and_parts_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ColourSpread.Outside(new byte[5], new byte[2], 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => ColourSpread.Outside(new byte[6], new byte[2], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ColourSpread.Outside(new byte[6], new byte[2], double.NaN));
    }

    private static int Sorted(byte[] pixels, byte[] mask, double part)
    {
        int[] outside = [.. Enumerable.Range(0, mask.Length).Where(i => mask[i] == 0)];
        if (outside.Length == 0)
        {
            return 0;
        }

        return Enumerable.Range(0, 3).Max(channel =>
        {
            int[] values = [.. outside.Select(i => (int)pixels[(3 * i) + channel]).Order()];
            int median = values[(values.Length - 1) / 2];
            int[] distances = [.. values.Select(value => Math.Abs(value - median)).Order()];
            return distances[(int)Math.Ceiling(part * values.Length) - 1];
        });
    }
}
