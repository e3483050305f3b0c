using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Retention: whole sealed shards go, oldest first, when they are beyond a bound.</summary>
/// <remarks>
/// (1) One transaction marks the shard and forgets its samples; it is on the disk when it returns. (2) Readers are told
/// the first sample kept. (3) The file is unlinked. So a stop between leaves a file that the next open unlinks, never
/// a ledger that names a file which is gone.
/// </remarks>
public sealed partial class SampleStore
{
    private static readonly TimeSpan AgeCheckInterval = TimeSpan.FromMinutes(1);

    // Sealed shards whose files are there, oldest first, and their bytes. Guarded by the write gate.
    private readonly Queue<ShardRow> _sealed = new();
    private long _sealedBytes;

    // Written under the gate, read anywhere.
    private long _firstSequence = 1;
    private volatile string? _retentionPause;
    private ITimer? _ageTimer;

    /// <summary>The first sample kept; one more than <see cref="LastSequence"/> when there is none. Never falls.
    /// </summary>
    public long FirstSequence => Volatile.Read(ref _firstSequence);

    /// <summary>Up to which sequence every registered group has acknowledged all; <see cref="long.MaxValue"/> when no
    /// group is registered. Until it is set nothing counts as acknowledged.</summary>
    public Func<long> SettledSequence { private get; set; } = () => 0;

    /// <summary>Told of each shard deleted, while the store waits; set it before the first append.</summary>
    public Action<DeletedShard>? Deleted { private get; set; }

    /// <summary>Deletes what is beyond a bound now. The store does it by itself before it lets a batch in, and once a
    /// minute where there is an age.</summary>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <exception cref="StoreFullException">No space for the ledger's own pages; it is tried again later.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public async Task RetainAsync(CancellationToken cancel = default)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ThrowUnlessWritable();
            Retain();
        }
        finally
        {
            _gate.Release();
        }
    }

    private long NowSeconds => _time.GetUtcNow().ToUnixTimeSeconds();

    private void StartRetention(IReadOnlyList<ShardRow> shards)
    {
        if (_options.Retention.AgeMax > TimeSpan.Zero)
        {
            _ledger.StampSealed(NowSeconds);
            shards = _ledger.Shards();
            _ageTimer = _time.CreateTimer(_ => _ = RetainByTimerAsync(), null, AgeCheckInterval, AgeCheckInterval);
        }

        NoteSealed(shards.Where(shard => shard.IsSealed && !shard.IsDeleted));
    }

    private void NoteSealed(IEnumerable<ShardRow> shards)
    {
        foreach (ShardRow shard in shards)
        {
            _sealed.Enqueue(shard);
            _sealedBytes += shard.FileBytes;
        }
    }

    private void Retain()
    {
        while (_sealed.TryPeek(out ShardRow oldest) && CauseToDelete(oldest) is { } cause)
        {
            long last = _ledger.LastSequenceIn(oldest.Number, FirstSequence, _lastSequence);
            if (last >= _lastSequence)
            {
                break; // the newest sample stays, so that sequences go on from it
            }

            long settled = SettledSequence();
            if (last > settled && _options.Retention.OnUnacknowledged == UnacknowledgedPolicy.Keep)
            {
                _retentionPause = cause == "size" ? Pause(oldest, last, settled) : null;
                return;
            }

            Delete(new(oldest.Number, oldest.FileBytes, FirstSequence, last, cause, settled));
        }

        _retentionPause = null;
    }

    private string? CauseToDelete(ShardRow shard)
    {
        RetentionOptions bounds = _options.Retention;
        if (bounds.BytesMax > 0 && _sealedBytes + _writer.OpenBytes > bounds.BytesMax)
        {
            return "size";
        }

        return bounds.AgeMax > TimeSpan.Zero && NowSeconds - shard.SealedAt >= bounds.AgeMax.TotalSeconds
            ? "age"
            : null;
    }

    private void Delete(DeletedShard shard)
    {
        Guarded(() =>
        {
            _ledger.DeleteShard(shard.Number, shard.FirstSequence, shard.LastSequence); // (1)
            Volatile.Write(ref _firstSequence, shard.LastSequence + 1); // (2)
            _sealedBytes -= _sealed.Dequeue().FileBytes;
            _files.Delete(ShardName.PathOf(_options.Directory, shard.Number)); // (3)
            return shard;
        });
        _metrics.Deleted(shard);
        Deleted?.Invoke(shard);
    }

    private string Pause(ShardRow oldest, long last, long settled) =>
        $"store.retention: the shards have {_sealedBytes + _writer.OpenBytes} bytes of {_options.Retention.BytesMax}, "
        + $"and the oldest, {ShardName.Of(oldest.Number)}, has samples up to {last}, of which the registered groups "
        + $"have acknowledged up to {settled}";

    // What it meets stays as the store's fault, which the next append and the readiness check say.
    private async Task RetainByTimerAsync()
    {
        try
        {
            await RetainAsync().ConfigureAwait(false);
        }
        catch (Exception met) when (met is StoreException or ObjectDisposedException)
        {
            _metrics.RetentionFailed();
        }
    }
}
