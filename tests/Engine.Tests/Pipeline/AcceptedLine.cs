using Engine.Crops;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline;
using Engine.Pipeline.Annotate;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Pipeline.Prompts;
using Engine.Pipeline.Record;
using Engine.Store;
using Engine.Tests.Pipeline.Annotate;
using Engine.Tests.Pipeline.Generate;
using Tests.Shared;
using TheLine = Engine.Pipeline.Pipeline;

namespace Engine.Tests.Pipeline;

/// <summary>The whole line, of the real stages, on pictures of a few kinds: a kind is the colour of the middle pixel,
/// and an embedding is the kind's.</summary>
/// <param name="kinds">How many.</param>
internal sealed class AcceptedLine(int kinds) : IImageEmbedder
{
    public const int Side = 16;
    public const string Revision = "fake black";

    private readonly float[] _points = UnitRows.Of(kinds, 16, seed: 3);

    public string Name => "fake";

    public int Width => 16;

    public int BatchMax => 4;

    public int Embeddings { get; private set; }

    public static int KindOf(RgbImage picture) => picture.Pixels[((Side / 2 * Side) + (Side / 2)) * 3];

    public float[] PointOf(int kind) => _points[(kind * 16)..][..16];

    public ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(
        IReadOnlyList<RgbImage> images, CancellationToken stopping)
    {
        Embeddings += images.Count;
        return ValueTask.FromResult<IReadOnlyList<Outcome<float[]>>>(
            [.. images.Select(image => Outcome.Keep(PointOf(KindOf(image))))]);
    }

    public void Dispose()
    {
    }

    /// <summary>Runs a plan of 3 categories to its end.</summary>
    /// <param name="store">Where accepted samples go.</param>
    /// <param name="filters">The chain.</param>
    /// <param name="quota">Samples of a category.</param>
    public async Task<StageSnapshot[]> RunAsync(SampleStore store, IReadOnlyList<IFilter> filters, int quota)
    {
        PlanOptions plan = new()
        {
            Categories = [new() { Name = "a" }, new() { Name = "b" }, new() { Name = "c" }], Quota = quota,
            AttemptsPerQuotaMax = 40,
        };
        PromptPlanner planner = new(
            plan, [new("a", "an a"), new("b", "a b"), new("c", "a c")], PlannerState.Empty, runSeed: 5);
        planner.CloseIntake();
        await using DeliveryHub hub = new(new StoreSampleLog(store), new DeliverOptions(), TimeProvider.System);
        AnnotateOptions annotate = new()
        {
            ErodePx = 0, PredictedIouMin = 0, AreaRatioMax = 1, BorderTouchMaxPx = 1000, BackgroundDeviationMax = 255,
        };
        using Line line = new(CancellationToken.None);
        PipelineOptions bounds = new();
        TheLine.Link(line, new PipelineParts
        {
            Planner = planner,
            Generate = new GenerateStep(
                [new GeneratorShare(new FakeGenerator(4, Make), 1)], new GenerateOptions(), TimeProvider.System),
            Annotate = new AnnotateStep(new FakeMaskPredictor(Middle()), annotate),
            Embed = new EmbedStep(this, CropRecipe.WholeOnBlack),
            Filter = new FilterChain(filters, "fake"),
            Encode = new EncodeStep(
                new RecordOptions(),
                new Provenance { RunId = "r", RunSeed = 5, Software = "t", EmbeddingRevision = Revision },
                sampleBytesMax: 2400), // Noise is above it.
            Record = new RecordStep(store),
            Reject = new RejectStep(store),
            Deliver = new DeliverStep(hub),
        }, bounds with { Filter = bounds.Filter with { WorkersMax = 3 } }, CancellationToken.None);
        await line.WaitAsync();
        return [.. line.Snapshot()];
    }

    private Outcome<Generated> Make(Prompt prompt)
    {
        byte[] pixels = new byte[Side * Side * 3];
        if (prompt.Seed % 5 == 0)
        {
            new Random((int)(prompt.Seed % 1000)).NextBytes(pixels); // Too large to be stored.
        }

        pixels[((Side / 2 * Side) + (Side / 2)) * 3] = (byte)(prompt.Seed / 5 % (ulong)kinds);
        return Outcome.Keep(new Generated(new RgbImage(Side, Side, pixels), new Dictionary<string, string>()));
    }

    private static MaskCandidate Middle()
    {
        float[] logits = [.. Enumerable.Repeat(-1f, Side * Side)];
        for (int y = 3; y < 13; y++)
        {
            logits.AsSpan((y * Side) + 3, 10).Fill(1);
        }

        return new MaskCandidate(logits, Side, Side, double.NaN);
    }
}
