using System.Globalization;
using System.Runtime.InteropServices;
using Engine.Flow;
using Engine.Index;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Real;
using Engine.Tests.Index;
using Engine.Tests.Pipeline.Filter;
using FsCheck;
using FsCheck.Fluent;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Real;

/// <summary>Goal: margin, stated thresholds and the fall-back follow their rule on a calibrated index. Method: numpy
/// for the margin; the rule written out again for the verdicts, over random points.</summary>
public sealed class RealRuleTests : IDisposable
{
    private const int Width = 16;

    private const string Numpy = """
        import sys, numpy
        width = int(sys.argv[3])
        rows, asked = (numpy.fromfile(path, "<f4").reshape(-1, width).astype(float) for path in sys.argv[1:3])
        counts = [int(n) for n in sys.argv[4].split(",")]
        means = numpy.stack([part.mean(0) for part in numpy.split(rows, numpy.cumsum(counts)[:-1])])
        cosines = asked @ (means / numpy.linalg.norm(means, axis=1, keepdims=True)).T
        for one in cosines:
            for c in range(len(counts)):
                other = numpy.delete(one, c)
                at = int(numpy.argmax(other))
                print(repr(float(one[c] - other[at])), at + (at >= c))
        """;

    private static readonly int[] Counts = [1, 12, 40, 3];

    private readonly TempFolder _folder = new();
    private readonly CpuDevice _device = new(threads: 2);
    private readonly TestIndex _made = new(Width, RowType.F32, Counts);
    private readonly IndexPictures _pictures;
    private readonly double _knownMax;

    public RealRuleTests()
    {
        IndexInfo info = CalibrationPass.Run(
            _made.Info.Categories, Width,
            (first, rows) => _made.Values.AsSpan(first * Width, rows.Length).CopyTo(rows),
            [.. Enumerable.Range(0, _made.Rows).Select(_made.Id)], CancellationToken.None).Into(_made.Info);
        IndexWriter.Write(
            _folder.File("real.hwindex"), info, Width, RowType.F32,
            (first, rows) => _made.Values.AsSpan(first * Width, rows.Length).CopyTo(rows),
            [.. Enumerable.Range(0, _made.Rows).Select(_made.Id)], CancellationToken.None);
        _pictures = IndexPictures.Open(_folder.File("real.hwindex"), _device, "model-1", Width);
        _knownMax = KnownBound.Of(info, 0.3);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pictures.Dispose();
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_margin_is_numpys_and_names_the_other_category()
    {
        const int asked = 30;
        float[] points = UnitRows.Of(asked, Width, seed: 5);
        foreach ((string name, float[] values) in new[] { ("rows", _made.Values), ("asked", points) })
        {
            await File.WriteAllBytesAsync(_folder.File(name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), Token);
        }

        string[] expected = (await Python.RunAsync(
            [("numpy", "python3-numpy")], Numpy, _folder.File("rows"), _folder.File("asked"), $"{Width}",
            string.Join(',', Counts))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        RealFilter filter = Filter(new() { Score = RealScore.Margin }, min: -2);
        Assert.Equal(asked * Counts.Length, expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            float[] point = points[(i / Counts.Length * Width)..((i / Counts.Length * Width) + Width)];
            Embedded kept = (await filter.JudgeAsync(
                FilterItem.Of($"thing {i % Counts.Length}", point), Token)).Value!;
            string[] wanted = expected[i].Split(' ');
            Assert.Equal(double.Parse(wanted[0], CultureInfo.InvariantCulture), kept.Scores["real"], 1e-5);
            Assert.Equal($"thing_{wanted[1]}", kept.Neighbours["real"]);
            Assert.Equal(-2, kept.Bounds["real"]);
        }
    }

    [Fact]
    public void The_verdict_of_the_fall_back_is_its_rule() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            float[] point = UnitRows.Of(1, Width, seed);
            RealFilter filter = Filter(new()
            {
                Missing = MissingCategory.FallBack, FallBack = new() { RejectShare = 0.3 },
            });

            Outcome<Embedded> judged = filter.JudgeAsync(FilterItem.Of("extra", point), Token).AsTask().Result;

            RealNeighbour known = _pictures.Margin("extra", point).Other!.Value;
            Assert.Equal(known.Cosine <= _knownMax ? null : RejectReason.OtherCategory, judged.DropReason);
            if (judged.Value is { } kept)
            {
                Assert.Equal(known.Cosine, kept.Scores["real.known"]);
                Assert.Equal(_knownMax, kept.Bounds["real.known"]);
                Assert.Equal(known.Id, kept.Neighbours["real.known"]);
            }
            else
            {
                Assert.Contains($"'{known.Id}'", judged.Detail, StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.4, null)]
    [InlineData(0.6, RejectReason.ScoreLow)]
    public async Task The_fall_back_asks_the_text_too(double min, string? reason)
    {
        using HalfTexts texts = new();
        TextOptions how = new();
        RealFilter filter = new(
            new FilterOptions
            {
                Name = "real",
                Real = new()
                {
                    Missing = MissingCategory.FallBack,
                    FallBack = new() { RejectShare = 0.001, Text = how, TextMin = min },
                },
            },
            _pictures, await TextScore.MakeAsync(how, texts, Token));
        float[] point = new float[Width];
        point[0] = 1;

        Outcome<Embedded> judged = await filter.JudgeAsync(FilterItem.Of("extra", point), Token);

        Assert.Equal(reason, judged.DropReason);
        Assert.Equal(reason is null ? 0.5 : null, judged.Value?.Scores["real.text"]);
        Assert.Equal(reason is null ? min : null, judged.Value?.Bounds["real.text"]);
    }

    [Fact]
    public async Task A_stated_threshold_stands_in_place_of_min_and_of_what_was_calibrated()
    {
        float[] point = UnitRows.Of(1, Width, seed: 3);
        double score = _pictures.Mean("thing 2", point)!.Value;
        foreach ((double stated, string? reason) in new[]
        {
            (score, null), (Math.BitIncrement(score), RejectReason.ScoreLow),
        })
        {
            RealFilter filter = Filter(
                new()
                {
                    RejectShare = 0.05, Thresholds = new Dictionary<string, double> { ["Thing_2"] = stated },
                },
                min: 5);

            Outcome<Embedded> own = await filter.JudgeAsync(FilterItem.Of("thing 2", point), Token);
            Outcome<Embedded> other = await filter.JudgeAsync(FilterItem.Of("thing 1", point), Token);

            Assert.Equal(reason, own.DropReason);
            Assert.Equal(RejectReason.ScoreLow, other.DropReason);
        }
    }

    [Fact]
    public void A_stated_threshold_of_a_category_that_the_index_has_not_is_named()
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Filter(new()
        {
            Thresholds = new Dictionary<string, double> { ["thing 1"] = 0, ["thign 1"] = 0 },
        }));

        Assert.Equal(
            "Filter 'real' states thresholds of categories that the index has not: 'thign 1'.", refused.Message);
    }

    [Theory]
    [InlineData(RealScore.Mean, "thing 2")]
    [InlineData(RealScore.Nearest, "thing 2")]
    [InlineData(RealScore.Margin, "thing 2")]
    [InlineData(RealScore.Mean, "extra")]
    public async Task What_is_no_number_passes_no_rule(RealScore score, string category)
    {
        RealFilter filter = Filter(new() { Score = score, Missing = MissingCategory.FallBack }, min: -9);
        foreach (float none in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            float[] point = new float[Width];
            Array.Fill(point, none);

            Assert.NotNull((await filter.JudgeAsync(FilterItem.Of(category, point), Token)).DropReason);
        }
    }

    [Theory]
    [InlineData(RealScore.Mean, 0.05)]
    [InlineData(RealScore.Nearest, 0)]
    [InlineData(RealScore.Margin, 0)]
    public void An_explanation_is_of_the_verdict_of_the_stream(RealScore score, double share) => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Elements("thing 0", "thing 2", "extra").ToArbitrary(),
        (seed, category) =>
        {
            FilterChain chain = new(
                [
                    Filter(new() { Score = score, RejectShare = share, Missing = MissingCategory.FallBack }),
                    new CopyFilter(new FilterOptions { Name = "copy", Copies = new() { Max = 0.3 } }, _pictures),
                ],
                "e");
            Embedded item = FilterItem.Of(category, UnitRows.Of(1, Width, seed));

            Outcome<Embedded> judged = chain.JudgeAsync(item, Token).AsTask().Result;
            IReadOnlyList<FilterExplanation> said = chain.ExplainAsync(item, Token).AsTask().Result;

            Assert.Equal(judged.DropReason, said[^1].Outcome.DropReason);
            Assert.Equal(judged.Detail, said[^1].Outcome.Detail);
            Assert.All(said, one => Assert.NotEmpty(one.Lines));
            if (judged.Value is { } kept)
            {
                Assert.Equal(
                    kept.Scores.OrderBy(one => one.Key),
                    said.SelectMany(one => one.Added).Select(one => KeyValuePair.Create(one.Name, one.Score))
                        .OrderBy(one => one.Key));
                Assert.Equal(kept.Scores.Keys.Order(), kept.Bounds.Keys.Order());
            }
        }).QuickCheckThrowOnFailure();

    private RealFilter Filter(RealOptions how, double min = 0) =>
        new(new FilterOptions { Name = "real", Min = min, Real = how }, _pictures);

    // The text of every category lies half along the first axis.
    private sealed class HalfTexts : ITextEmbedder
    {
        public int Width => RealRuleTests.Width;

        public ValueTask<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stopping) =>
            ValueTask.FromResult<IReadOnlyList<float[]>>([.. texts.Select(_ =>
            {
                float[] point = new float[RealRuleTests.Width];
                point[0] = 0.5f;
                return point;
            })]);

        public void Dispose()
        {
        }
    }
}
