using System.Diagnostics.Metrics;
using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

public sealed class StoreMetricsTests
{
    [Fact]
    public async Task Samples_and_duplicates_are_what_appends_answered()
    {
        using StoreFolder folder = new();
        Dictionary<string, double> totals = [];
        Meter? own = null;
        using MeterListener listener = new();
        await using SampleStore store = Listen(folder, listener, totals, meter => own = meter);
        folder.Files.OnWrite = (_, _, _) => throw FaultFiles.Full;
        await Assert.ThrowsAsync<StoreFullException>(() => store.AppendAsync(Samples.Range(0, 3)));
        folder.Files.OnWrite = (_, bytes, _) => bytes;

        await store.AppendAsync(Samples.Range(0, 5));
        await store.AppendAsync(Samples.Range(3, 5));
        await store.RecordRejectionsAsync(
            [new("p", 0, "c", "s", "empty", null), new("p", 0, "c", "s", "empty", null)]);
        folder.Files.Free = () => 12345;
        listener.RecordObservableInstruments();

        Assert.NotNull(own);
        Assert.Equal(8, totals["headwater.store.samples"]);
        Assert.Equal(2, totals["headwater.store.duplicates"]);
        Assert.Equal(1, totals["headwater.store.rejections"]);
        Assert.Equal(1, totals["headwater.store.full"]);
        Assert.Equal(8, totals["headwater.store.batch.size"]);
        Assert.Equal(store.List(0, 100).Sum(one => (long)one.Length), totals["headwater.store.written"]);
        Assert.Equal(1, totals["headwater.store.shards"]);
        Assert.Equal(12345, totals["headwater.store.free"]);
        Assert.Equal(0, totals["headwater.store.paused"]);
        Assert.Equal(0, totals["headwater.store.read_only"]);
        Assert.True(totals["headwater.store.commit.duration"] >= totals["headwater.store.fsync.duration"]);
    }

    // Other tests have stores of their own at the same time, each with its own meter of the same name: this one's is
    // the meter that appears on this thread while the store is opened.
    private static SampleStore Listen(
        StoreFolder folder, MeterListener listener, Dictionary<string, double> totals, Action<Meter> found)
    {
        int thread = Environment.CurrentManagedThreadId;
        bool isOpening = false;
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (isOpening && Environment.CurrentManagedThreadId == thread
                && instrument.Meter.Name == SampleStore.MeterName)
            {
                found(instrument.Meter);
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.Start(); // Names the instruments of the stores that are there already, on this thread too.
        isOpening = true;
        SampleStore store = folder.Open();
        isOpening = false;
        return store;

        void Add(Instrument instrument, double value) =>
            totals[instrument.Name] = totals.GetValueOrDefault(instrument.Name) + value;
    }
}
