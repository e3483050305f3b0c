using System.Diagnostics.Metrics;

namespace Engine.Store;

/// <summary>What one store counts, on a meter named <see cref="MeterName"/>. No tags: one store a process.</summary>
/// <remarks>
/// Law: <c>samples + duplicates</c> is the number of samples that appends returned an answer for; a batch that threw
/// counts in neither, so that a caller's retry does not count twice.
/// </remarks>
internal sealed class StoreMetrics : IDisposable
{
    public const string MeterName = "Headwater.Store";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _samples;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _full;
    private readonly Counter<double> _blocked;
    private readonly Counter<long> _deletedShards;
    private readonly Counter<long> _deletedBytes;
    private readonly Counter<long> _deletedSamples;
    private readonly Counter<long> _retentionFaults;
    private readonly Histogram<double> _fsync;
    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _batch;

    /// <summary>Makes the instruments; the gauges ask the store at each scrape.</summary>
    public StoreMetrics(Func<int> shards, Func<long> freeBytes, Func<bool> isPaused, Func<bool> isReadOnly)
    {
        _samples = _meter.CreateCounter<long>("headwater.store.samples", "{item}", "Samples accepted.");
        _bytes = _meter.CreateCounter<long>("headwater.store.written", "By", "Bytes of accepted samples' tar members.");
        _duplicates = _meter.CreateCounter<long>(
            "headwater.store.duplicates", "{item}", "Samples refused because their try had ended.");
        _rejections = _meter.CreateCounter<long>("headwater.store.rejections", "{item}", "Rejected tries recorded.");
        _full = _meter.CreateCounter<long>("headwater.store.full", "{event}", "Writes undone by a full disk.");
        _blocked = _meter.CreateCounter<double>(
            "headwater.store.blocked", "s", "Time intake waited for space on the disk.");
        _deletedShards = _meter.CreateCounter<long>(
            "headwater.store.deleted.shards", "{shard}", "Shards that retention deleted, by cause.");
        _deletedBytes = _meter.CreateCounter<long>(
            "headwater.store.deleted", "By", "Bytes of the shards that retention deleted, by cause.");
        _deletedSamples = _meter.CreateCounter<long>(
            "headwater.store.deleted.samples", "{item}", "Samples that retention deleted, by cause.");
        _retentionFaults = _meter.CreateCounter<long>(
            "headwater.store.retention.faults", "{event}", "Timed looks of retention that failed.");
        _fsync = _meter.CreateHistogram<double>(
            "headwater.store.fsync.duration", "s", "Time to make a batch's bytes durable.");
        _commit = _meter.CreateHistogram<double>(
            "headwater.store.commit.duration", "s", "Time of a whole group commit: write, fsync, ledger.");
        _batch = _meter.CreateHistogram<long>("headwater.store.batch.size", "{item}", "Samples accepted a commit.");
        _meter.CreateObservableGauge("headwater.store.shards", shards, "{item}", "Shards, the open one included.");
        _meter.CreateObservableGauge("headwater.store.free", freeBytes, "By", "Free space where the shards are.");
        _meter.CreateObservableGauge(
            "headwater.store.paused", () => isPaused() ? 1 : 0, "{store}", "1 while intake waits for space.");
        _meter.CreateObservableGauge(
            "headwater.store.read_only", () => isReadOnly() ? 1 : 0, "{store}", "1 after a write of unknown fate.");
    }

    public void Committed(int samples, long bytes, TimeSpan fsync, TimeSpan whole)
    {
        _samples.Add(samples);
        _bytes.Add(bytes);
        _fsync.Record(fsync.TotalSeconds);
        _commit.Record(whole.TotalSeconds);
        _batch.Record(samples);
    }

    public void Duplicates(int samples) => _duplicates.Add(samples);

    public void Rejected(int tries) => _rejections.Add(tries);

    public void Full() => _full.Add(1);

    public void Blocked(TimeSpan time) => _blocked.Add(time.TotalSeconds);

    /// <summary>Counts a shard; samples that a group had not acknowledged under a cause of their own.</summary>
    public void Deleted(in DeletedShard shard)
    {
        KeyValuePair<string, object?> cause = new("cause", shard.Cause);
        _deletedShards.Add(1, cause);
        _deletedBytes.Add(shard.Bytes, cause);
        _deletedSamples.Add(shard.Samples - shard.Unacknowledged, cause);
        if (shard.Unacknowledged > 0)
        {
            _deletedSamples.Add(shard.Unacknowledged, new KeyValuePair<string, object?>(
                "cause", shard.Cause == "size" ? "size_unacknowledged" : "age_unacknowledged"));
        }
    }

    public void RetentionFailed() => _retentionFaults.Add(1);

    public void Dispose() => _meter.Dispose();
}
