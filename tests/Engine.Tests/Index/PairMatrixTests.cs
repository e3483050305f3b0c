using System.Globalization;
using System.Runtime.InteropServices;
using Engine.Crops;
using Engine.Flow;
using Engine.Imaging;
using Engine.Index;
using Engine.Index.Sources;
using Engine.Items;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Real;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>
/// Goal: on real photographs with a real model the mean score is numpy's mean over the matrix of all pairs, and says
/// yes and no to the same ones. Method: objects of the test data set, every other one in the index and the others
/// judged; the points go to numpy as files.
/// </summary>
public sealed class PairMatrixTests : IDisposable
{
    private const string Numpy = """
        import sys, numpy
        width = int(sys.argv[3])
        rows = numpy.fromfile(sys.argv[1], "<f4").reshape(-1, width)
        asked = numpy.fromfile(sys.argv[2], "<f4").reshape(-1, width)
        own, categories = (numpy.array(text.split(","), int) for text in sys.argv[4:6])
        pairs = asked.astype(float) @ rows.astype(float).T
        for row, category in zip(pairs, categories):
            print(repr(float(row[own == category].mean())) if (own == category).any() else "nan")
        """;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mean_scores_and_verdicts_are_those_of_numpys_matrix_of_pairs()
    {
        string? data = Repository.Shared("data", "coco-tiny");
        string? model = Repository.Shared("models", "resnet50-imagenet");
        Assert.SkipWhen(
            data is null || model is null, "Needs ../shared/models/resnet50-imagenet and ../shared/data/coco-tiny.");
        using OnnxImageEmbedder embedder = await OnnxImageEmbedder.LoadAsync(
            "resnet", new EmbedderOptions { Model = model! }, Token);
        List<(string Category, float[] Point)> points = await PointsAsync(data!, embedder);
        (string Category, float[] Point)[] rows = [.. points.Where((_, at) => at % 2 == 0)];
        (string Category, float[] Point)[] asked = [.. points.Where((_, at) => at % 2 == 1)];

        double[] expected = await NumpyAsync(rows, asked, embedder.Width);

        string path = await IndexAsync(rows, embedder.Width);
        using CpuDevice device = new(threads: 2);
        using IndexPictures index = IndexPictures.Open(path, device, "resnet", embedder.Width);
        double[] actual = [.. asked.Select(one => index.Mean(one.Category, one.Point) ?? double.NaN)];
        double[] sorted = [.. expected.Where(double.IsFinite).Order()];
        double threshold = (sorted[sorted.Length / 3] + sorted[(sorted.Length / 3) + 1]) / 2;
        Assert.True(sorted.Length > 40, $"{sorted.Length} of {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-5);
            Assert.Equal(expected[i] >= threshold, actual[i] >= threshold);
        }
    }

    private static async Task<List<(string, float[])>> PointsAsync(string data, OnnxImageEmbedder embedder)
    {
        await using CocoSource source = await CocoSource.OpenAsync(
            new CocoSourceOptions
            {
                AnnotationsFile = Path.Combine(data, "annotations", "instances_train2017.json"),
                ImageFolder = Path.Combine(data, "train2017"),
            },
            Token);
        IndexSource items = IndexSources.Of("coco", source, new CropRecipe(), ImageLimits.Default);
        Dictionary<long, string> names = items.Categories.ToDictionary(one => one.Id, one => one.Name);
        List<(string, float[])> points = [];
        await foreach (IndexItem item in items.Items(Token))
        {
            if (item.PassedOver is null && points.Count < 120)
            {
                Outcome<float[]> point = (await embedder.EmbedAsync([item.Picture!()], Token))[0];
                points.Add((names[item.CategoryId], point.Value!));
            }
        }

        return points;
    }

    private async Task<string> IndexAsync((string Category, float[] Point)[] rows, int width)
    {
        string path = _folder.File("real.hwindex");
        string[] names = [.. rows.Select(row => row.Category).Distinct()];
        IndexSource source = new(
            "points", [.. names.Select((name, at) => ((long)at, name, (string?)null))],
            _ => rows.Select((row, at) => new IndexItem($"{at:D4}", Array.IndexOf(names, row.Category))
            {
                Point = row.Point,
            }).ToAsyncEnumerable(),
            rows.Length);
        await new IndexBuilder(
            new IndexBuildOptions(path, "resnet", "blur", width, Batch: 8) { Type = RowType.F32 },
            (_, _) => throw new InvalidOperationException("There is nothing to embed."))
            .BuildAsync(source, _ => { }, Token);
        return path;
    }

    private async Task<double[]> NumpyAsync(
        (string Category, float[] Point)[] rows, (string Category, float[] Point)[] asked, int width)
    {
        foreach ((string name, (string, float[] Point)[] some) in new[] { ("rows", rows), ("asked", asked) })
        {
            byte[] bytes = [.. some.SelectMany(one => MemoryMarshal.AsBytes(one.Point.AsSpan()).ToArray())];
            await File.WriteAllBytesAsync(_folder.File(name), bytes, Token);
        }

        string[] names = [.. rows.Concat(asked).Select(one => one.Category).Distinct()];
        string Numbers((string Category, float[])[] some) =>
            string.Join(',', some.Select(one => Array.IndexOf(names, one.Category)));
        string output = await Python.RunAsync(
            [("numpy", "python3-numpy")], Numpy, _folder.File("rows"), _folder.File("asked"),
            width.ToString(CultureInfo.InvariantCulture), Numbers(rows), Numbers(asked));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }
}
