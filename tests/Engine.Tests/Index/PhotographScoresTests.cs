using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Engine.Index;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: no row is scored against its own photograph. Method: numpy over the matrix of all pairs, rows of
/// photographs that hold several categories, one category in one photograph only.</summary>
public sealed class PhotographScoresTests : IDisposable
{
    private const int Width = 11;

    private const string Numpy = """
        import json, sys, numpy
        rows = numpy.fromfile(sys.argv[1], "<f4").reshape(-1, int(sys.argv[2])).astype(float)
        category, picture = (numpy.array(json.loads(text)) for text in sys.argv[3:5])
        pairs = rows @ rows.T
        apart = picture[:, None] != picture[None, :]
        found = {"categories": [], "nearest": []}
        for c in range(category.max() + 1):
            own = [(picture[i], pairs[i, (category == c) & apart[i]].mean())
                   for i in numpy.flatnonzero(category == c) if ((category == c) & apart[i]).any()]
            means = [numpy.mean([s for q, s in own if q == p]) for p in sorted({p for p, _ in own})]
            count, n = len(means), len(own)
            mean = float(numpy.mean(means)) if count else 0.0
            rest = [s - mean for _, s in own]
            found["categories"].append([n, count, mean,
                (numpy.dot(rest, rest) / n * count / (count - 1)) ** 0.5 if count > 1 else 0.0,
                float(numpy.std(means, ddof=1)) if count > 1 else 0.0])
        for i in range(len(rows)):
            cosines = []
            for c in set(category.tolist()) - {int(category[i])}:
                some = rows[(category == c) & apart[i]]
                if len(some):
                    mean = some.mean(0)
                    cosines.append(float(rows[i] @ mean / numpy.linalg.norm(mean)))
            if cosines:
                found["nearest"].append(max(cosines))
        found["nearest"].sort()
        found["quantiles"] = [float(numpy.quantile(found["nearest"], 1 - s)) for s in (0.05, 0.5, 0.9)]
        print(json.dumps(found))
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Own_and_nearest_other_scores_are_numpys(int seed)
    {
        int[] counts = [30, 1, 7, 2, 12];
        Random random = new(seed);
        int[] picture = [.. Enumerable.Range(0, counts.Sum()).Select(_ => random.Next(9))];
        picture[38] = picture[39] = 100; // The category of two rows is in one photograph alone.
        float[] rows = UnitRows.Of(counts.Sum(), Width, seed);
        await File.WriteAllBytesAsync(
            _folder.File("rows"), MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(),
            TestContext.Current.CancellationToken);
        IReadOnlyList<IndexCategory> categories = new TestIndex(Width, RowType.F32, counts).Info.Categories;

        RealScores actual = CalibrationPass.Run(
            categories, Width, (first, values) => rows.AsSpan(first * Width, values.Length).CopyTo(values),
            [.. picture.Select((number, row) => $"photo #{number}.jpg#{row}")], CancellationToken.None);

        JsonElement expected = JsonDocument.Parse(await Python.RunAsync(
            [("numpy", "python3-numpy")], Numpy, _folder.File("rows"), $"{Width}",
            Numbers(categories.SelectMany((category, c) => Enumerable.Repeat(c, category.Count))), Numbers(picture)))
            .RootElement;
        foreach ((IndexCategory category, JsonElement wanted) in actual.Categories.Zip(
            expected.GetProperty("categories").EnumerateArray()))
        {
            CategoryCalibration own = category.Calibration!;
            double[] all = [own.OwnCount, own.OwnPictures, own.OwnMean, own.OwnDeviation, own.PictureDeviation];
            AssertNear(wanted.EnumerateArray().Select(number => number.GetDouble()), all);
        }

        Assert.Equal(0, actual.Categories[3].Calibration!.OwnCount);
        AssertNear(Doubles(expected, "nearest"), actual.NearestOther);
        IndexInfo info = actual.Into(new TestIndex(Width, RowType.F32, counts).Info);
        double[] quantiles = [.. new[] { 0.05, 0.5, 0.9 }.Select(share => KnownBound.Of(info, share))];
        Assert.All(Doubles(expected, "quantiles").Zip(quantiles), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        Assert.Equal(quantiles.OrderDescending(), quantiles); // A larger share never lets more pass.
    }

    [Fact]
    public void An_index_of_one_category_gives_no_bound()
    {
        RealScores scores = CalibrationPass.Run(
            new TestIndex(Width, RowType.F32, 5).Info.Categories, Width,
            (first, values) => UnitRows.Of(5, Width, 1).AsSpan(first * Width, values.Length).CopyTo(values),
            ["a", "b", "c", "d", "e"], CancellationToken.None);

        Assert.Empty(scores.NearestOther);
        Assert.Throws<InvalidDataException>(
            () => KnownBound.Of(scores.Into(new TestIndex(Width, RowType.F32, 5).Info), 0.05));
    }

    private static IEnumerable<double> Doubles(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateArray().Select(number => number.GetDouble());

    private static void AssertNear(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        (double[] left, double[] right) = ([.. expected], [.. actual]);
        Assert.Equal(left.Length, right.Length);
        Assert.All(left.Zip(right), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static string Numbers(IEnumerable<int> numbers) =>
        $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]";
}
