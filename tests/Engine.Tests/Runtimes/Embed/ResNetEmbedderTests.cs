using System.Numerics.Tensors;
using System.Text.Json;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Embed;

/// <summary>
/// Goal: with real weights and real photographs, embeddings mean something. Method: crops of COCO objects, 40 px
/// around the box; pairs of one photograph are left out, for they share their surroundings.
/// </summary>
public sealed class ResNetEmbedderTests(ITestOutputHelper output) : IDisposable
{
    private const string Config = """
        {"size": 256, "crop_size": 224, "resample": 2,
         "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
        """;

    private static readonly string[] Categories = ["laptop", "carrot", "banana", "sheep", "cow", "person"];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Objects_of_one_category_are_closer_than_others_across_photographs()
    {
        using OnnxImageEmbedder embedder = await LoadAsync();
        Crop[] crops = Crops(embedder: embedder);

        IReadOnlyList<Outcome<float[]>> outcomes =
            await embedder.EmbedAsync([.. crops.Select(crop => crop.Picture)], Token);

        float[][] units = [.. outcomes.Select(outcome => outcome.Value!)];
        List<double> same = [];
        List<double> others = [];
        for (int a = 0; a < crops.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (crops[a].Photograph != crops[b].Photograph)
                {
                    (crops[a].Category == crops[b].Category ? same : others)
                        .Add(TensorPrimitives.Dot<float>(units[a], units[b]));
                }
            }
        }

        double won = same.Average(near => others.Count(far => far < near) / (double)others.Count);
        output.WriteLine(
            $"{crops.Length} crops; same {same.Average():F3} ({same.Count}), others {others.Average():F3} "
            + $"({others.Count}); a pair of one category is the closer one in {won:P0}");
        Assert.All(units, unit => Assert.Equal(1, TensorPrimitives.Norm<float>(unit), 4));
        Assert.True(won > 0.75, $"{won}");
        Assert.True(same.Average() > others.Average() + 0.05, $"{same.Average()} {others.Average()}");
    }

    [Fact]
    public async Task Embedding_of_a_photograph_does_not_depend_on_the_batch()
    {
        using OnnxImageEmbedder embedder = await LoadAsync();
        RgbImage[] pictures = [.. Crops(embedder).Take(6).Select(crop => crop.Picture)];

        IReadOnlyList<Outcome<float[]>> together = await embedder.EmbedAsync(pictures, Token);

        for (int i = 0; i < pictures.Length; i++)
        {
            float[] alone = (await embedder.EmbedAsync([pictures[i]], Token))[0].Value!;

            // Sums may be taken in another order for another batch; no more than rounding may differ.
            Assert.InRange(TensorPrimitives.Distance<float>(alone, together[i].Value!), 0, 1e-4);
        }
    }

    private static Crop[] Crops(OnnxImageEmbedder embedder)
    {
        Assert.Equal(2048, embedder.Width);
        string folder = Repository.Shared("data", "coco-tiny")!;
        using JsonDocument coco = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(folder, "annotations", "instances_train2017.json")));
        Dictionary<int, string> names = coco.RootElement.GetProperty("categories").EnumerateArray().ToDictionary(
            category => category.GetProperty("id").GetInt32(), category => category.GetProperty("name").GetString()!);
        Random random = new(11);
        return
        [
            .. coco.RootElement.GetProperty("annotations").EnumerateArray()
                .Select(entry => (
                    Category: names[entry.GetProperty("category_id").GetInt32()],
                    Photograph: entry.GetProperty("image_id").GetInt64(),
                    Box: entry.GetProperty("bbox").EnumerateArray().Select(side => side.GetDouble()).ToArray()))
                .Where(entry => Categories.Contains(entry.Category) && entry.Box[2] * entry.Box[3] >= 64 * 64)
                .GroupBy(entry => entry.Category)
                .SelectMany(group => group.OrderBy(_ => random.Next()).Take(12))
                .Select(entry => new Crop(entry.Category, entry.Photograph, Cut(folder, entry.Photograph, entry.Box))),
        ];
    }

    private static RgbImage Cut(string folder, long photograph, double[] box)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(folder, "train2017", $"{photograph:D12}.jpg"));
        RgbImage image = ImageCodec.DecodeRgb(file, ImageLimits.Default);
        (int left, int top) = (Math.Max(0, (int)box[0] - 40), Math.Max(0, (int)box[1] - 40));
        int right = Math.Min(image.Width, (int)(box[0] + box[2]) + 40);
        int bottom = Math.Min(image.Height, (int)(box[1] + box[3]) + 40);
        return ImageResize.Crop(image, new Box(left, top, right - left, bottom - top));
    }

    private async Task<OnnxImageEmbedder> LoadAsync()
    {
        if (Repository.Shared("models", "resnet50-imagenet", "resnet50_fp16w.onnx") is not { } model
            || Repository.Shared("data", "coco-tiny") is null)
        {
            Assert.Skip("Needs ../shared/models/resnet50-imagenet and ../shared/data/coco-tiny.");
            return null;
        }

        string config = _folder.File("preprocessor_config.json");
        await File.WriteAllTextAsync(config, Config, Token);
        return await OnnxImageEmbedder.LoadAsync(
            "resnet50",
            new EmbedderOptions
            {
                Model = model,
                Preprocessor = config,
                OutputName = "image_embeds",
                BatchMax = 8,
                Onnx = new OnnxOptions { Providers = [OnnxProvider.Cpu] },
            },
            Token);
    }

    private sealed record Crop(string Category, long Photograph, RgbImage Picture);
}
