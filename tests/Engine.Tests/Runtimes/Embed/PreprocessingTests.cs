using System.Runtime.InteropServices;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Embed;

public sealed class PreprocessingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Absent_fields_are_clips()
    {
        Assert.Equal(new Preprocessing(), Read("{}"));
        Assert.Equal((224, 224), new Preprocessing().Size);
    }

    [Theory]
    [InlineData("""{"size": 256, "crop_size": 224}""", 256, 0, 224)]
    [InlineData("""{"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}}""", 256, 0, 224)]
    [InlineData("""{"size": 256, "do_center_crop": false}""", 0, 256, 0)]
    [InlineData("""{"size": {"height": 384, "width": 384}, "do_center_crop": false}""", 0, 384, 0)]
    [InlineData("""{"do_resize": false}""", 0, 0, 224)]
    public void Size_is_read_in_each_of_its_forms(string json, int shortSide, int stretch, int crop)
    {
        Preprocessing read = Read(json);

        Assert.Equal((shortSide, stretch, crop), (read.ShortSidePx, read.Stretch?.Width ?? 0, read.Crop?.Width ?? 0));
    }

    [Fact]
    public void Steps_can_be_switched_off()
    {
        Preprocessing read = Read("""{"do_rescale": false, "do_normalize": false, "resample": 2}""");

        Assert.Equal((1.0, ResizeKernel.Bilinear), (read.Scale, read.Kernel));
        Assert.Equal([0f, 0f, 0f, 1f, 1f, 1f], read.Mean.Concat(read.Std));
    }

    [Theory]
    [InlineData("""{"size": 0}""", "has size 0; it must be 1 to 8192 px")]
    [InlineData("""{"size": {"longest_edge": 9}}""", "it must be a number, {shortest_edge} or {height, width}")]
    [InlineData("""{"size": 100}""", "has the crop_size 224 x 224; it must be at most the size, 100 x 100")]
    [InlineData("""{"resample": 5}""", "has resample 5; it must be 0 (nearest), 1 (Lanczos), 2 (bilinear) or 3")]
    [InlineData("""{"image_mean": [0.5, 0.5]}""", "has image_mean [0.5, 0.5]; it must be 3 numbers from -255 to 255")]
    [InlineData("""{"image_std": [1, 1, 0]}""", "has image_std [1, 1, 0]; it must be 3 numbers from 1E-06 to 255")]
    [InlineData("""{"do_resize": 1}""", "has do_resize 1; it must be true or false")]
    [InlineData("""{"rescale_factor": "x"}""", "has rescale_factor \"x\"; it must be 1E-06 to 1")]
    [InlineData("""{"do_center_crop": false, "size": {"shortest_edge": 9}}""", "pictures would differ in size")]
    [InlineData("[]", "is JSON but no object")]
    [InlineData("{", "is not JSON")]
    public void Wrong_value_is_named_with_file_field_and_bound(string json, string words)
    {
        ModelException wrong = Assert.Throws<ModelException>(() => Read(json));

        Assert.Contains(words, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File("p.json"), wrong.Message, StringComparison.Ordinal);
        Assert.Equal(ModelFault.Unreadable, wrong.Fault);
    }

    [Theory]
    [InlineData(8192, 1)]
    [InlineData(1, 8192)]
    [InlineData(8192, 150)]
    [InlineData(3, 2)]
    public void Picture_of_any_shape_fills_the_input(int width, int height)
    {
        ImagePreprocessor preprocessor = new(new Preprocessing());
        byte[] pixels = new byte[width * height * 3];
        pixels.AsSpan().Fill(200);
        float[] target = new float[preprocessor.Length];

        preprocessor.Write(new RgbImage(width, height, pixels), target);

        Assert.All(target.Take(224 * 224), value => Assert.Equal(((200 / 255f) - 0.48145466f) / 0.26862954f, value, 5));
    }

    [Fact]
    public void Picture_smaller_than_the_crop_is_surrounded_with_black_when_it_is_not_resized()
    {
        ImagePreprocessor preprocessor = new(new Preprocessing
        {
            ShortSidePx = 0, Crop = (4, 4), Scale = 1, Mean = [0, 0, 0], Std = [1, 1, 1],
        });
        float[] target = new float[preprocessor.Length];

        preprocessor.Write(new RgbImage(2, 1, [7, 0, 0, 8, 0, 0]), target);

        Assert.Equal([0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], target[..16]);
    }

    [Theory]
    [InlineData("""{"size": 224, "crop_size": 224}""")]
    [InlineData("""{"size": 256, "crop_size": 224, "resample": 2}""")]
    [InlineData("""{"size": {"height": 160, "width": 192}, "do_center_crop": false}""")]
    public async Task Photographs_are_prepared_as_pillow_and_numpy_prepare_them(string json)
    {
        if (Repository.Shared("data", "coco-tiny", "train2017") is not { } photographs)
        {
            Assert.Skip("Needs ../shared/data/coco-tiny: real photographs.");
            return;
        }

        const string Script = """
            import json, sys, numpy as np
            from PIL import Image
            how = json.load(open(sys.argv[1]))
            for path in sys.argv[2:]:
                im = Image.open(path).convert('RGB'); size = how['size']; kernel = how.get('resample', 3)
                if isinstance(size, int):
                    w, h = im.size; s = min(w, h)
                    im = im.resize((int(size * w / s), int(size * h / s)), kernel)
                    w, h = im.size; c = how['crop_size']; x, y = (w - c) // 2, (h - c) // 2
                    im = im.crop((x, y, x + c, y + c))
                else:
                    im = im.resize((size['width'], size['height']), kernel)
                a = np.asarray(im).astype(np.float32) / 255
                a = (a - np.float32([0.48145466, 0.4578275, 0.40821073])) / np.float32(
                    [0.26862954, 0.26130258, 0.27577711])
                a.transpose(2, 0, 1).astype('<f4').tofile(path + '.f32')
            """;
        Preprocessing how = Read(json);
        ImagePreprocessor preprocessor = new(how);
        Dictionary<string, RgbImage> pictures = Directory.EnumerateFiles(photographs).Order().Take(12).ToDictionary(
            path => _folder.File(Path.GetFileName(path) + ".png"),
            path => ImageCodec.DecodeRgb(File.ReadAllBytes(path), ImageLimits.Default));
        foreach ((string path, RgbImage picture) in pictures)
        {
            await File.WriteAllBytesAsync(path, ImageCodec.EncodePng(picture), Token);
        }

        Command python = await Command.RunAsync(
            "/usr/bin/python3", ["-c", Script, _folder.File("p.json"), .. pictures.Keys]);
        if (python.Error.Contains("ModuleNotFoundError", StringComparison.Ordinal))
        {
            Assert.Skip("Needs numpy and Pillow for /usr/bin/python3.");
        }

        Assert.True(python.ExitCode == 0, python.Error);
        float[] actual = new float[preprocessor.Length];
        Assert.All(pictures, pair =>
        {
            preprocessor.Write(pair.Value, actual);
            float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(pair.Key + ".f32")).ToArray();
            float largest = actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
            Assert.Equal(expected.Length, actual.Length);
            Assert.True(largest <= 2f / 255 / how.Std.Min(), $"{pair.Key}: {largest * 255 * how.Std.Min()} of 255");
        });
    }

    private Preprocessing Read(string json)
    {
        string path = _folder.File("p.json");
        File.WriteAllText(path, json);
        return PreprocessingFile.Read(path);
    }
}
