using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>Goal: the chain's laws hold for any scores and thresholds. Method: scores from a few values, the thresholds
/// among them, so that the boundary and NaN come up often.</summary>
public sealed class FilterChainLawTests
{
    private static readonly Gen<double> Values =
        Gen.Elements(0, 0.25, 0.5, 0.75, 1, double.NaN, double.NegativeInfinity, double.PositiveInfinity);

    private static readonly Gen<double> Thresholds = Gen.Elements(0, 0.25, 0.5, 0.75, 1);

    [Fact]
    public void Item_passes_exactly_when_every_score_is_at_least_its_threshold() => Prop.ForAll(
        Values.ListOf(4).ToArbitrary(), Thresholds.ListOf(4).ToArbitrary(), (values, thresholds) =>
        {
            List<string> asked = [];
            FilterChain chain = new([.. thresholds.Select((min, at) => new Asked(at, min, asked))], embedder: null);

            Outcome<Embedded> outcome = chain.JudgeAsync(Item([.. values]), CancellationToken.None).AsTask().Result;

            // The model: ask in order until the first that is not at or above its threshold.
            int passed = values.Zip(thresholds).TakeWhile(pair => pair.First >= pair.Second).Count();
            Assert.Equal(Enumerable.Range(0, Math.Min(passed + 1, 4)).Select(at => $"f{at}"), asked);
            Assert.Equal(passed == 4 ? null : RejectReason.ScoreLow, outcome.DropReason);
            if (passed == 4)
            {
                Assert.Equal(values, Enumerable.Range(0, 4).Select(at => outcome.Value!.Scores[$"f{at}"]));
            }
        }).QuickCheckThrowOnFailure();

    private static Embedded Item(double[] values) => new(
        new Annotated
        {
            Picture = new Picture(
                new Prompt { Id = "0123456789abcdef", Category = "c", Text = "t", Attempt = 0, Seed = 1 },
                new RgbImage(1, 1, [0, 0, 0]), "fake", new Dictionary<string, string>()),
            Mask = new BinaryMask(1, 1, [1]), Box = new Box(0, 0, 1, 1), AreaPx = 1, Annotator = "fake",
            PredictedIou = 1,
            Measures = Enumerable.Range(0, values.Length).ToDictionary(at => $"m{at}", at => values[at]),
        },
        ReadOnlyMemory<float>.Empty,
        new Dictionary<string, double>());

    /// <summary>A threshold filter that notes when it was asked.</summary>
    private sealed class Asked(int at, double min, List<string> asked) : IFilter
    {
        private readonly ThresholdFilter _filter = new(new() { Name = $"f{at}", Measure = $"m{at}", Min = min });

        public string Name => _filter.Name;

        public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
        {
            asked.Add(Name);
            return _filter.JudgeAsync(item, stopping);
        }
    }
}
