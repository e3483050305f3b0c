using Engine.Imaging;
using Engine.Items;

namespace Engine.Tests.Imaging;

/// <summary>Goal: what is written comes back; what is broken, too big or foreign is one clear error.</summary>
public sealed class ImageCodecTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 200)]
    [InlineData(257, 31)]
    public void Lossless_files_come_back_exactly(int width, int height)
    {
        RgbImage image = TestImages.Noise(width, height, seed: 7);

        RgbImage png = ImageCodec.DecodeRgb(ImageCodec.EncodePng(image), ImageLimits.Default);
        RgbImage webp = ImageCodec.DecodeRgb(ImageCodec.EncodeWebp(image, 50, lossless: true), ImageLimits.Default);

        Assert.Equal((width, height), (png.Width, png.Height));
        Assert.Equal(image.Pixels, png.Pixels);
        Assert.Equal(image.Pixels, webp.Pixels);
    }

    [Fact]
    public void Lossy_files_come_back_nearly()
    {
        RgbImage image = TestImages.Gradient(320, 200);

        RgbImage jpeg = ImageCodec.DecodeRgb(ImageCodec.EncodeJpeg(image, 95), ImageLimits.Default);
        RgbImage webp = ImageCodec.DecodeRgb(ImageCodec.EncodeWebp(image, 95, lossless: false), ImageLimits.Default);

        Assert.True(TestImages.MeanDifference(image, jpeg) < 2.0);
        Assert.True(TestImages.MeanDifference(image, webp) < 3.0);
    }

    [Fact]
    public void Mask_comes_back_exactly()
    {
        Random random = new(3);
        byte[] values = [.. Enumerable.Range(0, 61 * 47).Select(_ => (byte)random.Next(2))];
        BinaryMask mask = new(61, 47, values);

        byte[] file = ImageCodec.EncodePng(mask);

        Assert.Equal(values, ImageCodec.DecodeMask(file, ImageLimits.Default).Values);
        Assert.Equal(new ImageHeader("png", 61, 47, 1, 1), ImageCodec.Probe(file, ImageLimits.Default));
    }

    [Fact]
    public void Alpha_comes_back_beside_its_colours_and_white_shows_through_it()
    {
        byte[] clear = [10, 200, 30, 0, 10, 200, 30, 255, 10, 200, 30, 128];
        byte[] file = new TestTiff(3, 1, 4) { Photometric = 2, ExtraSamples = [2] }.Write(clear);

        (RgbImage colours, byte[] alpha) = ImageCodec.DecodeRgba(file, ImageLimits.Default);
        RgbImage flat = ImageCodec.DecodeRgb(file, ImageLimits.Default);
        (_, byte[] solid) = ImageCodec.DecodeRgba(ImageCodec.EncodePng(flat), ImageLimits.Default);

        Assert.Equal([0, 255, 128], alpha);
        Assert.Equal([10, 200, 30, 10, 200, 30, 10, 200, 30], colours.Pixels);
        Assert.Equal([255, 255, 255, 10, 200, 30], flat.Pixels[..6]);
        Assert.All(flat.Pixels[6..].Zip([132, 227, 142]), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.Equal([255, 255, 255], solid);
    }

    [Fact]
    public void Giant_header_is_refused_before_anything_is_allocated()
    {
        byte[] giant = TestImages.PngHeader(40_000, 40_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        ImageException thrown = Assert.Throws<ImageException>(() => ImageCodec.DecodeRgb(giant, ImageLimits.Default));

        Assert.Equal(ImageFault.SideTooLong, thrown.Fault);
        Assert.Equal("the picture is 40000 x 40000 px; a side may be 8192 px", thrown.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Empty_heavy_foreign_and_pixel_rich_files_are_told_apart()
    {
        byte[] png = ImageCodec.EncodePng(TestImages.Noise(100, 100, seed: 1));

        Assert.Equal(ImageFault.Empty, FaultOf([], ImageLimits.Default));
        Assert.Equal(ImageFault.TooManyBytes, FaultOf(png, ImageLimits.Default with { BytesMax = 100 }));
        Assert.Equal(ImageFault.TooManyPixels, FaultOf(png, ImageLimits.Default with { PixelsMax = 9_999 }));
        Assert.Equal(ImageFault.Unsupported, FaultOf("%PDF-1.7"u8.ToArray(), ImageLimits.Default));
        Assert.Equal(ImageFault.Unsupported, FaultOf("<svg xmlns='x'/>"u8.ToArray(), ImageLimits.Default));
    }

    [Fact]
    public void Truncated_file_is_an_error_wherever_it_ends()
    {
        RgbImage image = TestImages.Noise(64, 64, seed: 5);
        byte[][] files =
        [
            ImageCodec.EncodePng(image), ImageCodec.EncodeJpeg(image, 90), ImageCodec.EncodeWebp(image, 90, false),
        ];

        foreach (byte[] file in files)
        {
            // Up to the last 20 bytes: a PNG without its end marker, or a JPEG without its last byte, is whole.
            for (int length = 1; length < file.Length - 20; length += Math.Max(1, file.Length / 97))
            {
                ImageFault fault = FaultOf(file[..length], ImageLimits.Default);
                Assert.True(fault is ImageFault.Damaged or ImageFault.Unsupported, $"{length}: {fault}");
            }
        }
    }

    [Fact]
    public void Random_and_mutated_bytes_are_an_error_or_a_picture_and_never_end_the_process()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] file = ImageCodec.EncodePng(TestImages.Noise(32, 32, seed: 2));
        int pictures = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] bytes = [.. file];
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                pictures += ImageCodec.DecodeRgb(bytes, ImageLimits.Default).Width > 0 ? 1 : 0;
            }
            catch (ImageException thrown)
            {
                Assert.DoesNotContain('\n', thrown.Message);
            }
        }

        output.WriteLine($"{pictures} of 1500 were still pictures");
    }

    [Fact]
    public void Many_threads_decode_at_once()
    {
        RgbImage image = TestImages.Noise(128, 96, seed: 9);
        byte[] file = ImageCodec.EncodePng(image);

        Parallel.For(0, 400, _ =>
            Assert.Equal(image.Pixels, ImageCodec.DecodeRgb(file, ImageLimits.Default).Pixels));
    }

    private static ImageFault FaultOf(byte[] file, ImageLimits limits) =>
        Assert.Throws<ImageException>(() => ImageCodec.DecodeRgb(file, limits)).Fault;
}
