using Engine.Flow;
using Engine.Index;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Real;
using Engine.Tests.Index;
using Engine.Tests.Pipeline.Filter;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Real;

/// <summary>Goal: the filters' scores are those of the matrix of pairs over the index, and verdicts follow from them.
/// </summary>
public sealed class IndexFilterTests : IDisposable
{
    private const int Width = 16;

    private readonly TempFolder _folder = new();
    private readonly CpuDevice _device = new(threads: 2);
    private readonly TestIndex _made = new(Width, RowType.F32, 1, 12, 40);
    private readonly IndexPictures _pictures;

    public IndexFilterTests()
    {
        _made.Write(_folder.File("real.hwindex"));
        _pictures = IndexPictures.Open(_folder.File("real.hwindex"), _device, "model-1", Width);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pictures.Dispose();
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_mean_score_is_the_mean_of_all_pairs()
    {
        RealFilter filter = new(new FilterOptions { Name = "real", Min = -1, Real = new() }, _pictures);
        for (int seed = 0; seed < 20; seed++)
        {
            float[] point = UnitRows.Of(1, Width, seed + 100);

            Outcome<Embedded> judged = await filter.JudgeAsync(FilterItem.Of("thing 2", point), Token);

            Assert.Equal(Cosines(point, 13, 40).Average(), judged.Value!.Scores["real"], 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    public async Task The_nearest_score_is_the_mean_of_the_largest_pairs(int nearest)
    {
        RealFilter filter = new(
            new FilterOptions
            {
                Name = "real", Min = -1, Real = new() { Score = RealScore.Nearest, Nearest = nearest },
            },
            _pictures);
        float[] point = UnitRows.Of(1, Width, seed: 7);

        Outcome<Embedded> judged = await filter.JudgeAsync(FilterItem.Of("Thing_1", point), Token);

        Assert.Equal(
            Cosines(point, 1, 12).OrderDescending().Take(nearest).Average(), judged.Value!.Scores["real"], 1e-5);
    }

    [Fact]
    public async Task The_threshold_is_the_one_that_was_calibrated_plus_min()
    {
        RealFilter filter = new(
            new FilterOptions { Name = "real", Min = 0.25, Real = new() }, new Stated(score: 0.75, threshold: 0.5));
        RealFilter calibrated = new(
            new FilterOptions { Name = "real", Min = 0.25, Real = new() { RejectShare = 0.05 } },
            new Stated(score: 0.75, threshold: 0.5));
        RealFilter above = new(
            new FilterOptions { Name = "real", Min = 0.26, Real = new() { RejectShare = 0.05 } },
            new Stated(score: 0.75, threshold: 0.5));

        Assert.NotNull((await filter.JudgeAsync(FilterItem.Of("a", [1]), Token)).Value);
        Assert.NotNull((await calibrated.JudgeAsync(FilterItem.Of("a", [1]), Token)).Value);
        Outcome<Embedded> dropped = await above.JudgeAsync(FilterItem.Of("a", [1]), Token);
        Assert.Equal(RejectReason.ScoreLow, dropped.DropReason);
        Assert.Contains("0.76", dropped.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MissingCategory.Pass, null)]
    [InlineData(MissingCategory.Reject, RejectReason.ScoreLow)]
    public async Task A_category_without_pictures_passes_unscored_or_not_at_all(
        MissingCategory missing, string? reason)
    {
        RealFilter filter = new(
            new FilterOptions { Name = "real", Real = new() { Missing = missing } }, _pictures);

        Outcome<Embedded> judged = await filter.JudgeAsync(
            FilterItem.Of("unknown", UnitRows.Of(1, Width, 1)), Token);

        Assert.Equal(reason, judged.DropReason);
        Assert.True(judged.Value is null || judged.Value.Scores.Count == 0);
    }

    [Fact]
    public async Task A_copy_is_rejected_with_the_id_of_what_it_copies()
    {
        CopyFilter filter = new(new FilterOptions { Name = "copy", Copies = new() { Max = 0.99 } }, _pictures);
        CopyFilter everywhere = new(
            new FilterOptions { Name = "copy", Copies = new() { Max = 0.99, AllCategories = true } }, _pictures);
        float[] copy = _made.Values[(20 * Width)..(21 * Width)]; // A row of thing 2.

        Outcome<Embedded> own = await filter.JudgeAsync(FilterItem.Of("thing 2", copy), Token);
        Outcome<Embedded> other = await filter.JudgeAsync(FilterItem.Of("thing 1", copy), Token);
        Outcome<Embedded> any = await everywhere.JudgeAsync(FilterItem.Of("thing 1", copy), Token);

        Assert.Equal(RejectReason.NearCopy, own.DropReason);
        Assert.Contains($"'{_made.Id(20)}'", own.Detail, StringComparison.Ordinal);
        Assert.Equal(RejectReason.NearCopy, any.DropReason);
        double[] cosines = [.. Cosines(copy, 1, 12)];
        Assert.Equal(cosines.Max(), other.Value!.Scores["copy"], 1e-5);
        Assert.Equal(_made.Id(1 + Array.IndexOf(cosines, cosines.Max())), other.Value!.Neighbours["copy"]);
    }

    [Fact]
    public async Task What_is_no_number_is_neither_like_nor_unlike_and_passes_no_filter()
    {
        float[] nothing = new float[Width];
        nothing[3] = float.NaN;
        RealFilter real = new(new FilterOptions { Name = "real", Min = -1, Real = new() }, _pictures);

        Outcome<Embedded> judged = await real.JudgeAsync(FilterItem.Of("thing 2", nothing), Token);

        Assert.Equal(RejectReason.ScoreLow, judged.DropReason);
    }

    [Fact]
    public void An_index_of_another_model_is_refused_with_both_names()
    {
        string path = _folder.File("real.hwindex");

        IndexFileException refused = Assert.Throws<IndexFileException>(
            () => IndexPictures.Open(path, _device, "model-2", Width));

        Assert.Contains("model-1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("model-2", refused.Message, StringComparison.Ordinal);
    }

    private IEnumerable<double> Cosines(float[] point, int first, int count) => Enumerable.Range(first, count).Select(
        row => Enumerable.Range(0, Width).Sum(d => (double)_made.Values[(row * Width) + d] * point[d]));

    private sealed class Stated(double score, double threshold) : IRealPictures
    {
        public double? Mean(string category, ReadOnlySpan<float> point) => score;

        public IReadOnlyList<RealNeighbour> Nearest(string? category, ReadOnlySpan<float> point, int count) => [];

        public bool Has(string category) => true;

        public RealMargin Margin(string category, ReadOnlySpan<float> point) => default;

        public Func<string, RealThreshold> Thresholds(double rejectShare) =>
            _ => new(Pictures: 3, OwnMean: 0, Mean: threshold, Deviation: 0, Z: -1, Value: threshold);

        public double KnownBound(double rejectShare) => 1;

        public void Dispose()
        {
        }
    }
}
