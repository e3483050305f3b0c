using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Store;
using Engine.Tests.Store;
using Kernels.Device.Cpu;

namespace Engine.Tests.Pipeline;

/// <summary>
/// Goal: in the whole line no two accepted samples of a category are alike, however many are in flight, and no
/// reservation is left behind by any end a try may have: rejected by a later filter, too large, or stored.
/// </summary>
public sealed class DuplicateLineTests : IDisposable
{
    private readonly CpuDevice _device = new(threads: 2);
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Accepted_samples_are_all_different_and_every_reservation_ends()
    {
        AcceptedLine line = new(kinds: 60);
        using AcceptedObjects objects = new("dup", line.Width, 1000, _device, _ => { });
        DuplicateFilter filter = new(
            new() { Name = "dup", Duplicates = new() { Max = 0.999 } }, objects);
        await using SampleStore store = _folder.Open();

        StageSnapshot[] stages = await line.RunAsync(store, [filter, new EveryThird()], quota: 20);

        List<(string Category, int Kind)> kept = [];
        foreach (StoredSample stored in store.List(0, int.MaxValue))
        {
            Sample sample = await store.ReadAsync(stored, Token);
            RgbImage image = ImageCodec.DecodeRgb(sample.Image.Span, ImageLimits.Default);
            kept.Add((sample.Category, AcceptedLine.KindOf(image)));
        }

        IReadOnlyDictionary<string, long> dropped = stages.Single(stage => stage.Name == "filter").DroppedByReason;
        Assert.Equal(60, kept.Count);
        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.True(dropped[RejectReason.NearDuplicate] > 10, "too few were alike to show anything");
        Assert.True(dropped[RejectReason.ScoreLow] > 10, "too few were rejected by the later filter");
        Assert.True(stages.Single(stage => stage.Name == "encode").Dropped > 0, "none was too large");
        Assert.Equal(0, objects.Reserved);
        Assert.Equal(store.List(0, int.MaxValue).Select(stored => stored.Key).Order(), objects.Keys.Order());
    }

    /// <summary>Comes after the filter under test, and rejects some of what passed it.</summary>
    private sealed class EveryThird : IFilter
    {
        public string Name => "third";

        public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping) =>
            ValueTask.FromResult(item.Annotated.Picture.Prompt.Seed % 3 == 0
                ? Outcome.Drop<Embedded>(RejectReason.ScoreLow) : Outcome.Keep(item));
    }
}
