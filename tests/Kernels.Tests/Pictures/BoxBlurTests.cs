using FsCheck;
using FsCheck.Fluent;
using Kernels.Pictures;
using Tests.Shared;

namespace Kernels.Tests.Pictures;

public sealed class BoxBlurTests
{
    private static readonly Arbitrary<(int Width, int Height, int Size, int Seed)> AnyCase = (
        from width in Gen.Choose(1, 25)
        from height in Gen.Choose(1, 25)
        from size in Gen.Choose(1, 14)
        from seed in Gen.Choose(0, int.MaxValue)
        select (width, height, size, seed)).ToArbitrary();

    [Fact]
    public void Any_part_is_that_part_of_the_plain_definition() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(AnyCase, one =>
        {
            byte[] picture = Noise(one.Width, one.Height, one.Seed);
            Random random = new(one.Seed);
            (int left, int top) = (random.Next(one.Width), random.Next(one.Height));
            (int width, int height) = (random.Next(1, one.Width - left + 1), random.Next(1, one.Height - top + 1));
            byte[] part = new byte[width * height * 3];

            BoxBlur.Run(picture, (one.Width, one.Height, 3), one.Size, (left, top, width, height), part);

            return Enumerable.Range(0, part.Length).All(i => part[i] == Plain(
                picture, one.Width, one.Height, one.Size, left + (i / 3 % width), top + (i / 3 / width), i % 3));
        }));

    [Fact]
    public void One_row_is_blurred_as_counted_by_hand()
    {
        // 3 px: the window is one to each side, mirrored without the edge: (20 + 10 + 20) / 3, (10 + 20 + 60) / 3, ...
        byte[] blurred = new byte[3];

        BoxBlur.Run([10, 20, 60], (3, 1, 1), 3, (0, 0, 3, 1), blurred);

        Assert.Equal([17, 30, 33], blurred);
    }

    [Fact]
    public void Even_window_leans_left()
    {
        // 2 px: the pixel and the one before it; a column's height of one row counts twice, which changes nothing.
        byte[] blurred = new byte[4];

        BoxBlur.Run([10, 20, 60, 100], (4, 1, 1), 2, (0, 0, 4, 1), blurred);

        Assert.Equal([15, 15, 40, 80], blurred);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(15)]
    public void Rounding_of_every_sum_is_that_of_OpenCVs_16_bit_path(int size)
    {
        // OpenCV multiplies by 2^23 / d, rounded, after adding d / 2 (and 1 where the factor was rounded down).
        int area = size * size;
        double exact = (double)(1 << 23) / area;
        int factor = (int)Math.Floor(exact);
        int delta = area / 2;
        (factor, delta) = exact - factor < 0.5 ? (factor, delta + 1) : (factor + 1, delta);

        for (int sum = 0; sum <= area * 255; sum++)
        {
            Assert.Equal((int)(((long)(sum + delta) * factor) >> 23), (sum + (area / 2)) / area);
        }
    }

    [Fact]
    public async Task Blur_of_10_px_is_OpenCVs_within_1()
    {
        byte[] picture = Noise(61, 47, seed: 5);
        byte[] blurred = new byte[picture.Length];

        string output = await Python.RunAsync(
            [("cv2", "python3-opencv"), ("numpy", "python3-numpy")],
            """
            import sys, cv2, numpy as np
            picture = np.frombuffer(bytes.fromhex(sys.argv[1]), np.uint8).reshape(47, 61, 3)
            print(cv2.blur(picture, (10, 10)).tobytes().hex())
            """,
            Convert.ToHexString(picture));

        BoxBlur.Run(picture, (61, 47, 3), 10, (0, 0, 61, 47), blurred);
        byte[] expected = Convert.FromHexString(output.Trim());
        Assert.All(expected.Zip(blurred), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Theory]
    [InlineData(0, 0, 0, 3, 3)]
    [InlineData(2000, 0, 0, 3, 3)]
    [InlineData(3, -1, 0, 3, 3)]
    [InlineData(3, 1, 0, 3, 3)]
    [InlineData(3, 0, 0, 3, 0)]
    public void What_does_not_fit_is_refused(int size, int left, int top, int width, int height)
    {
        byte[] part = new byte[27];

        Assert.Throws<ArgumentException>(
            () => BoxBlur.Run(new byte[27], (3, 3, 3), size, (left, top, width, height), part));
    }

    private static byte Plain(byte[] picture, int width, int height, int size, int x, int y, int channel)
    {
        int sum = size * size / 2;
        for (int dy = -(size / 2); dy < size - (size / 2); dy++)
        {
            for (int dx = -(size / 2); dx < size - (size / 2); dx++)
            {
                sum += picture[(((Mirror(y + dy, height) * width) + Mirror(x + dx, width)) * 3) + channel];
            }
        }

        return (byte)(sum / (size * size));
    }

    // 0 1 2 3 2 1 0 1 2 3 ...: the period is twice the length less two.
    private static int Mirror(int at, int length)
    {
        int period = Math.Max((2 * length) - 2, 1);
        int inPeriod = ((at % period) + period) % period;
        return Math.Min(inPeriod, period - inPeriod) % length;
    }

    private static byte[] Noise(int width, int height, int seed)
    {
        byte[] picture = new byte[width * height * 3];
        new Random(seed).NextBytes(picture);
        return picture;
    }
}
