using Engine.Crops;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;
using FsCheck;
using FsCheck.Fluent;
using Outcome = Engine.Flow.Outcome;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>Goal: what is not at least the threshold never passes, NaN least of all; order and scores are
/// kept.</summary>
public sealed class FilterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Item_passes_exactly_when_its_measure_is_at_least_the_threshold() => Prop.ForAll(
        ArbMap.Default.ArbFor<double>(), ArbMap.Default.ArbFor<NormalFloat>(), (value, min) =>
        {
            ThresholdFilter filter = new(new() { Name = "gate", Measure = "area_ratio", Min = min.Get });

            Outcome<Embedded> outcome = filter.JudgeAsync(Item(("area_ratio", value)), Token).AsTask().Result;

            return outcome.DropReason is null == (value >= min.Get);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Chain_adds_each_score_stops_at_the_first_no_and_says_why()
    {
        FilterChain chain = new(
        [
            new ThresholdFilter(new() { Name = "iou", Measure = "predicted_iou", Min = 0.5 }),
            new ThresholdFilter(new() { Name = "again", Measure = "iou", Min = 0.8 }),
        ], embedder: null);

        Outcome<Embedded> kept = await chain.JudgeAsync(Item(iou: 0.9), Token);
        Outcome<Embedded> dropped = await chain.JudgeAsync(Item(iou: 0.7), Token);
        Outcome<Embedded> nothing = await chain.JudgeAsync(Item(iou: double.NaN), Token);

        Assert.Equal((0.9, 0.9), (kept.Value!.Scores["iou"], kept.Value.Scores["again"]));
        Assert.Equal(RejectReason.ScoreLow, dropped.DropReason);
        Assert.Equal("again: iou is 0.7; at least 0.8 is wanted", dropped.Detail);
        Assert.Equal(RejectReason.ScoreLow, nothing.DropReason);
        Assert.Contains("no embedder is configured", chain.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measure_that_does_not_exist_is_named_with_those_that_do()
    {
        ThresholdFilter filter = new(new() { Name = "gate", Measure = "sharpness" });

        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => filter.JudgeAsync(Item(("area_ratio", 0.5)), Token).AsTask());

        Assert.Equal(
            "Filter 'gate' asks for 'sharpness'; there are: predicted_iou, area_ratio", thrown.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Objects_are_embedded_in_order_on_the_background_asked_for(int batchMax)
    {
        using FakeEmbedder embedder = new(batchMax);
        EmbedStep step = new(embedder, CropRecipe.WholeOnBlack);

        IReadOnlyList<Outcome<Embedded>> outcomes =
            await step.RunAsync([.. Enumerable.Range(0, 7).Select(at => Item((byte)(at * 10)).Annotated)], Token);

        Assert.Equal(
            Enumerable.Range(0, 7).Select(index => index == 3 ? RejectReason.NonFinite : null),
            outcomes.Select(outcome => outcome.DropReason));
        Assert.All(Enumerable.Range(0, 7).Where(index => index != 3), index =>
        {
            // One of the four pixels belongs to the object; the others are black.
            Assert.Equal(index * 10 / 4f, outcomes[index].Value!.Embedding.Span[0]);
            Assert.Equal((byte)(index * 10), outcomes[index].Value!.Annotated.Picture.Image.Pixels[11]);
        });
    }

    [Fact]
    public async Task Without_an_embedder_items_pass_as_they_are()
    {
        EmbedStep step = new(null, CropRecipe.WholeOnBlack);

        Outcome<Embedded> outcome = (await step.RunAsync([Item().Annotated], Token))[0];

        Assert.True(outcome.Value!.Embedding.IsEmpty);
    }

    private static Embedded Item(params (string Name, double Value)[] measures) => Item(0.9, 50, measures);

    private static Embedded Item(double iou) => Item(iou, 50);

    private static Embedded Item(byte level) => Item(0.9, level);

    private static Embedded Item(double iou, byte level, params (string Name, double Value)[] measures)
    {
        byte[] pixels = new byte[12];
        pixels.AsSpan().Fill(level);
        Prompt prompt = new() { Id = "0123456789abcdef", Category = "c", Text = "t", Attempt = 0, Seed = 1 };
        Annotated annotated = new()
        {
            Picture = new(prompt, new RgbImage(2, 2, pixels), "fake", new Dictionary<string, string>()),
            Mask = new BinaryMask(2, 2, [1, 0, 0, 0]), Box = new Box(0, 0, 1, 1), AreaPx = 1, Annotator = "fake",
            PredictedIou = iou, Measures = measures.ToDictionary(measure => measure.Name, measure => measure.Value),
        };
        return new Embedded(annotated, ReadOnlyMemory<float>.Empty, new Dictionary<string, double>());
    }

    private sealed class FakeEmbedder(int batchMax) : IImageEmbedder
    {
        public string Name => "fake";

        public int Width => 1;

        public int BatchMax => batchMax;

        public ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(
            IReadOnlyList<RgbImage> images, CancellationToken stopping)
        {
            Assert.InRange(images.Count, 1, batchMax);
            return ValueTask.FromResult<IReadOnlyList<Outcome<float[]>>>([.. images.Select(Mean)]);
        }

        public void Dispose()
        {
        }

        private static Outcome<float[]> Mean(RgbImage image)
        {
            float mean = (float)image.Pixels.Average(value => value);
            return mean == 7.5f ? Outcome.Drop<float[]>(RejectReason.NonFinite) : Outcome.Keep<float[]>([mean]);
        }
    }
}
