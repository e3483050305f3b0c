using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Engine.Flow;

/// <summary>What one stage counts, as instruments and as numbers for a snapshot.</summary>
/// <remarks>
/// <para>Law, held at every quiet moment: <c>received = sent + dropped + faulted</c>; the tests check it.</para>
/// <para>Items in flight is a difference of these counters, exact at every scrape; the gauges only repeat it for a
/// reader that cannot subtract.</para>
/// </remarks>
internal sealed class StageCounters(string stage)
{
    /// <summary>The meter's name, for exporters.</summary>
    internal const string MeterName = "Headwater.Flow";

    internal static readonly Meter FlowMeter = new(MeterName);
    private static readonly Counter<long> ReceivedTotal = Items("headwater.stage.received", "Items a stage let in.");
    private static readonly Counter<long> SentTotal = Items("headwater.stage.sent", "Items the next stage took.");
    private static readonly Counter<long> DroppedTotal = Items("headwater.stage.dropped", "Items dropped, by reason.");
    private static readonly Counter<long> FaultedTotal =
        Items("headwater.stage.faulted", "Items lost to a throw or a stop of the line.");
    private static readonly Counter<double> BusyTotal =
        FlowMeter.CreateCounter<double>("headwater.stage.busy", "s", "Time in the step, summed over workers.");
    private static readonly Counter<double> BlockedTotal = FlowMeter.CreateCounter<double>(
        "headwater.stage.blocked", "s", "Time for which a finished item waited for room in the next stage.");
    private static readonly Histogram<double> StepSeconds = FlowMeter.CreateHistogram<double>(
        "headwater.stage.step.duration", "s", "Time of one call of the step, without queueing.");
    private static readonly Histogram<long> BatchItems = FlowMeter.CreateHistogram<long>(
        "headwater.stage.batch.size", "{item}", "Items in one call of the step.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    private readonly KeyValuePair<string, object?> _stage = new("stage", stage);
    private readonly ConcurrentDictionary<string, long> _droppedByReason = new();
    private long _received;
    private long _sent;
    private long _dropped;
    private long _faulted;
    private long _busyTicks;
    private long _blockedTicks;

    internal long ReceivedItems => Interlocked.Read(ref _received);

    internal long SentItems => Interlocked.Read(ref _sent);

    internal long DroppedItems => Interlocked.Read(ref _dropped);

    internal long FaultedItems => Interlocked.Read(ref _faulted);

    internal TimeSpan Busy => TimeSpan.FromTicks(Interlocked.Read(ref _busyTicks));

    internal TimeSpan Blocked => TimeSpan.FromTicks(Interlocked.Read(ref _blockedTicks));

    internal IReadOnlyDictionary<string, long> DroppedByReason => new Dictionary<string, long>(_droppedByReason);

    internal void Received()
    {
        Interlocked.Increment(ref _received);
        ReceivedTotal.Add(1, _stage);
    }

    internal void Sent()
    {
        Interlocked.Increment(ref _sent);
        SentTotal.Add(1, _stage);
    }

    internal void Dropped(string reason)
    {
        Interlocked.Increment(ref _dropped);
        _droppedByReason.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        DroppedTotal.Add(1, _stage, new("reason", reason));
    }

    internal void Faulted(long items)
    {
        Interlocked.Add(ref _faulted, items);
        FaultedTotal.Add(items, _stage);
    }

    internal void Stepped(int items, TimeSpan step)
    {
        Interlocked.Add(ref _busyTicks, step.Ticks);
        BusyTotal.Add(step.TotalSeconds, _stage);
        StepSeconds.Record(step.TotalSeconds, _stage);
        BatchItems.Record(items, _stage);
    }

    internal void WasBlocked(TimeSpan wait)
    {
        Interlocked.Add(ref _blockedTicks, wait.Ticks);
        BlockedTotal.Add(wait.TotalSeconds, _stage);
    }

    private static Counter<long> Items(string name, string description) =>
        FlowMeter.CreateCounter<long>(name, "{item}", description);
}
