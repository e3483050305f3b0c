using Engine.Imaging;
using Engine.Items;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Imaging;

/// <summary>Goal: any bytes are a picture or an <see cref="ImageException"/>; any other exception would end the line.
/// </summary>
public sealed class HostileImageTests(ITestOutputHelper output)
{
    private static readonly ImageLimits Small = new() { PixelsMax = 1 << 20 };

    // One pixel in red, as small as the format gets.
    private static readonly byte[] Gif =
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ];

    [Fact]
    public void Changed_file_of_any_format_is_a_picture_or_an_image_fault()
    {
        RgbImage noise = TestImages.Noise(24, 16, seed: 6);
        byte[][] files =
        [
            ImageCodec.EncodePng(noise), ImageCodec.EncodeJpeg(noise, 80), ImageCodec.EncodeWebp(noise, 80, false),
            ImageCodec.EncodeWebp(noise, 80, true), Gif,
            new TestTiff(24, 16, 3) { Photometric = 2 }.Write(noise.Pixels),
            new TestTiff(24, 4, 4) { Photometric = 2, ExtraSamples = [2] }.Write(noise.Pixels[..(24 * 4 * 4)]),
        ];
        var changes = ArbMap.Default.ArbFor<(PositiveInt, byte)[]>();
        int faults = 0;

        foreach (byte[] file in files)
        {
            Prop.ForAll(changes, change =>
            {
                byte[] bytes = [.. file];
                foreach ((PositiveInt at, byte value) in change)
                {
                    // A square leans to the front, where the headers are.
                    double share = at.Get * 0.6180339887 % 1.0;
                    bytes[(int)(share * share * bytes.Length)] = value;
                }

                faults += IsFault(bytes) ? 1 : 0;
            }).QuickCheckThrowOnFailure();
        }

        output.WriteLine($"{faults} of {files.Length * 100} were refused");
    }

    [Fact]
    public void Garbage_behind_the_first_bytes_of_a_format_is_a_picture_or_an_image_fault()
    {
        byte[][] starts = [[], Gif[..6], [0xFF, 0xD8, 0xFF], [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A], [.. "II*\0"u8]];

        foreach (byte[] start in starts)
        {
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), garbage =>
            {
                _ = IsFault([.. start, .. garbage]);
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Truncated_tiff_and_gif_are_damaged_and_not_black()
    {
        byte[] tiff = new TestTiff(64, 64, 3) { Photometric = 2 }.Write([1, 2, 3]);

        Assert.Equal(ImageFault.Damaged, FaultOf(tiff));
        Assert.Equal([255, 0, 0], ImageCodec.DecodeRgb(Gif, Small).Pixels);
        for (int length = 7; length < Gif.Length - 3; length++)
        {
            Assert.Equal(ImageFault.Damaged, FaultOf(Gif[..length]));
        }
    }

    [Theory]
    [InlineData(5, 2, 8, 1, "5 bands as RGB")]
    [InlineData(7, 1, 8, 1, "7 bands; at most 5")]
    [InlineData(1, 1, 32, 3, "not whole numbers")]
    [InlineData(1, 1, 32, 1, "not whole numbers")]
    [InlineData(1, 1, 8, 2, "not whole numbers")]
    public void Samples_that_are_no_colours_are_refused_by_name(
        int bands, int photometric, int bits, int sampleFormat, string said)
    {
        TestTiff tiff = new(8, 8, bands)
        {
            Photometric = photometric, Bits = bits, SampleFormat = sampleFormat,
            ExtraSamples = new int[bands - (photometric == 2 ? 3 : 1)],
        };

        ImageException thrown = Assert.Throws<ImageException>(
            () => ImageCodec.DecodeRgba(tiff.Write(new byte[64 * bands * bits / 8]), Small));

        Assert.Equal(ImageFault.Unsupported, thrown.Fault);
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Giant_headers_of_other_formats_are_refused_too()
    {
        byte[] gif = [.. Gif];
        byte[] jpeg = ImageCodec.EncodeJpeg(TestImages.Noise(8, 8, seed: 1), 80);
        int frame = jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });

        // The frame, too: libvips' reader distrusts a giant canvas around a small frame, and takes the frame's size.
        int descriptor = Array.IndexOf(gif, (byte)0x2C);
        gif.AsSpan(6, 4).Fill(0xFF);
        gif.AsSpan(descriptor + 5, 4).Fill(0xFF);
        (jpeg[frame + 5], jpeg[frame + 7]) = (0x9C, 0x9C);
        byte[] tiff = new TestTiff(40_000, 40_000, 1).Write([1]);

        Assert.All([gif, jpeg, tiff], file => Assert.Equal(ImageFault.SideTooLong, FaultOf(file)));
    }

    private static bool IsFault(byte[] file)
    {
        try
        {
            (RgbImage image, byte[] alpha) = ImageCodec.DecodeRgba(file, Small);
            Assert.Equal(image.Width * image.Height, alpha.Length);
            return false;
        }
        catch (ImageException thrown)
        {
            Assert.DoesNotContain('\n', thrown.Message);
            return true;
        }
    }

    private static ImageFault FaultOf(byte[] file) =>
        Assert.Throws<ImageException>(() => ImageCodec.DecodeRgb(file, Small)).Fault;
}
