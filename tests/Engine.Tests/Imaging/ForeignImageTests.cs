using System.Globalization;
using System.Text;
using Engine.Imaging;
using Engine.Items;
using Tests.Shared;

namespace Engine.Tests.Imaging;

/// <summary>Goal: pictures are what Pillow says they are. Method: Pillow writes and resizes; we compare.</summary>
public sealed class ForeignImageTests(ITestOutputHelper output) : IDisposable
{
    private static readonly (string, string)[] Pillow = [("PIL", "python3-pil"), ("numpy", "python3-numpy")];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Odd_files_decode_as_Pillow_says()
    {
        const string Script = """
            import sys, numpy as np
            from PIL import Image
            folder = sys.argv[1]
            rng = np.random.default_rng(11)
            rgb = Image.fromarray(rng.integers(0, 256, (40, 60, 3), dtype=np.uint8))
            smooth = rgb.resize((60, 40)).resize((120, 80), Image.BICUBIC)
            def keep(name, image):
                Image.fromarray(np.asarray(image.convert('RGB'))).save(f'{folder}/{name}.expected.ppm')
            smooth.convert('CMYK').save(f'{folder}/cmyk.jpg', quality=95)
            Image.fromarray(np.arange(256, dtype=np.uint16).reshape(16, 16) * 257).save(f'{folder}/grey16.png')
            keep('grey16.png', Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)))
            frames = [Image.new('RGB', (20, 10), c) for c in ('red', 'green', 'blue')]
            for kind in ('gif', 'webp'):
                frames[0].save(f'{folder}/animated.{kind}', save_all=True, append_images=frames[1:], lossless=True)
                keep(f'animated.{kind}', frames[0])
            rgb.convert('L').save(f'{folder}/grey.png'); keep('grey.png', rgb.convert('L'))
            palette = rgb.quantize(16); palette.save(f'{folder}/palette.png'); keep('palette.png', palette)
            rgb.convert('1').save(f'{folder}/bilevel.png'); keep('bilevel.png', rgb.convert('1'))
            rgb.save(f'{folder}/plain.tiff'); keep('plain.tiff', rgb)
            alpha = np.dstack([np.asarray(rgb), np.full((40, 60), 0, np.uint8)]); alpha[:, 30:, 3] = 255
            clear = Image.fromarray(alpha, 'RGBA'); clear.save(f'{folder}/alpha.png')
            white = Image.new('RGBA', clear.size, 'white'); white.alpha_composite(clear); keep('alpha.png', white)
            exif = Image.Exif(); exif[0x0112] = 6
            smooth.save(f'{folder}/turned.jpg', quality=95, exif=exif)
            turned = Image.open(f'{folder}/turned.jpg').transpose(Image.ROTATE_270); keep('turned.jpg', turned)
            """;
        await Python.RunAsync(Pillow, Script, _folder.Path);

        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.expected.ppm").Order())
        {
            string name = Path.GetFileName(file).Replace(".expected.ppm", "", StringComparison.Ordinal);
            RgbImage expected = await ReadPpmAsync(file);

            RgbImage actual = ImageCodec.DecodeRgb(
                await File.ReadAllBytesAsync(_folder.File(name)), ImageLimits.Default);

            double difference = TestImages.MeanDifference(expected, actual);
            output.WriteLine($"{name}: mean difference {difference:F3}");
            Assert.True(difference <= (name.EndsWith(".jpg", StringComparison.Ordinal) ? 1.0 : 0.0), name);
        }

        // Pillow converts CMYK without a profile, libvips with one: the same picture, other colours.
        RgbImage cmyk = ImageCodec.DecodeRgb(
            await File.ReadAllBytesAsync(_folder.File("cmyk.jpg")), ImageLimits.Default);
        Assert.Equal((120, 80), (cmyk.Width, cmyk.Height));
    }

    [Theory]
    [InlineData(300, 200, 100, 66, ResizeKernel.Bicubic)]
    [InlineData(224, 224, 512, 512, ResizeKernel.Bicubic)]
    [InlineData(640, 427, 224, 149, ResizeKernel.Bicubic)]
    [InlineData(97, 31, 33, 90, ResizeKernel.Bicubic)]
    [InlineData(97, 31, 33, 90, ResizeKernel.Nearest)]
    [InlineData(97, 31, 33, 90, ResizeKernel.Bilinear)]
    [InlineData(97, 31, 33, 90, ResizeKernel.Lanczos3)]
    public async Task Resize_is_Pillows_within_2_of_255(
        int width, int height, int newWidth, int newHeight, ResizeKernel kernel)
    {
        const string Script = """
            import sys
            from PIL import Image
            folder, w, h = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
            kernel = dict(Nearest=0, Bilinear=2, Bicubic=3, Lanczos3=1)[sys.argv[4]]
            Image.open(f'{folder}/in.png').convert('RGB').resize((w, h), kernel).save(f'{folder}/out.ppm')
            """;
        RgbImage source = Photograph(width, height);
        await File.WriteAllBytesAsync(_folder.File("in.png"), ImageCodec.EncodePng(source));
        await Python.RunAsync(
            Pillow, Script, _folder.Path, newWidth.ToString(CultureInfo.InvariantCulture),
            newHeight.ToString(CultureInfo.InvariantCulture), kernel.ToString());
        RgbImage expected = await ReadPpmAsync(_folder.File("out.ppm"));

        RgbImage actual = ImageResize.Resize(source, newWidth, newHeight, kernel);

        int worst = expected.Pixels.Zip(actual.Pixels, (a, b) => Math.Abs(a - b)).Max();
        output.WriteLine($"worst {worst}, mean {TestImages.MeanDifference(expected, actual):F4}");
        Assert.InRange(worst, 0, 2);
    }

    [Fact]
    public async Task Our_files_are_read_by_Pillow()
    {
        const string Script = """
            import sys, numpy as np
            from PIL import Image
            for name in ('a.png', 'a.webp'):
                image = Image.open(f'{sys.argv[1]}/{name}')
                print(image.mode, *image.size, int(np.asarray(image).astype(np.int64).sum()))
            """;
        RgbImage image = TestImages.Noise(50, 30, seed: 12);
        await File.WriteAllBytesAsync(_folder.File("a.png"), ImageCodec.EncodePng(image));
        await File.WriteAllBytesAsync(_folder.File("a.webp"), ImageCodec.EncodeWebp(image, 80, lossless: true));

        string said = await Python.RunAsync(Pillow, Script, _folder.Path);

        string expected = $"RGB 50 30 {image.Pixels.Sum(value => (long)value)}";
        Assert.Equal([expected, expected], said.Trim().Split('\n'));
    }

    /// <summary>Smooth areas and edges, as a photograph has; noise alone would hide how edges are treated.</summary>
    private static RgbImage Photograph(int width, int height)
    {
        RgbImage image = TestImages.Gradient(width, height);
        Random random = new(17);
        for (int square = 0; square < 40; square++)
        {
            (int x, int y, byte value) = (random.Next(width - 4), random.Next(height - 4), (byte)random.Next(256));
            int side = random.Next(2, Math.Min(width - x, height - y));
            for (int row = y; row < y + Math.Min(side, 30); row++)
            {
                image.Pixels.AsSpan(((row * width) + x) * 3, Math.Min(side, 30) * 3).Fill(value);
            }
        }

        return image;
    }

    /// <summary>Reads a binary PPM: three numbers as text, then the bytes.</summary>
    private static async Task<RgbImage> ReadPpmAsync(string path)
    {
        byte[] file = await File.ReadAllBytesAsync(path);
        string[] head = Encoding.ASCII.GetString(file, 0, Math.Min(file.Length, 40)).Split((char[])[' ', '\n']);
        int width = int.Parse(head[1], CultureInfo.InvariantCulture);
        int height = int.Parse(head[2], CultureInfo.InvariantCulture);
        return new RgbImage(width, height, file[^(width * height * 3)..]);
    }
}
