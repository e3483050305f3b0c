namespace Engine.Store;

/// <summary>The disk's high-water mark.</summary>
public sealed partial class SampleStore
{
    // A write met a full disk although the free bytes looked enough (a quota, say): wait at least once.
    private volatile bool _isFull;
    private int _waiting;

    /// <summary>Whether someone waits for space now.</summary>
    public bool IsPaused => Volatile.Read(ref _waiting) > 0;

    /// <summary>Why someone waits, in one sentence; null when nobody does.</summary>
    public string? PauseReason => IsPaused ? _retentionPause ?? "too little free space" : null;

    /// <summary>
    /// Waits while the disk has less free space than <see cref="StoreOptions.FreeBytesMin"/>, or while retention may
    /// not delete what is beyond its size.
    /// </summary>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Done when there is space, at once where there is; goes on by itself when space is made.</returns>
    public async Task WaitForSpaceAsync(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (!_isFull && await HasRoomAsync(cancel).ConfigureAwait(false))
        {
            return;
        }

        Interlocked.Increment(ref _waiting);
        try
        {
            do
            {
                long started = _time.GetTimestamp();
                await Task.Delay(_options.FreePollInterval, _time, cancel).ConfigureAwait(false);
                _metrics.Blocked(_time.GetElapsedTime(started)); // at each poll, so that a long pause shows as it lasts
            }
            while (!await HasRoomAsync(cancel).ConfigureAwait(false));
            _isFull = false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async ValueTask<bool> HasRoomAsync(CancellationToken cancel)
    {
        if (_options.Retention is { BytesMax: 0, AgeMax.Ticks: 0 })
        {
            return HasSpace();
        }

        try
        {
            await RetainAsync(cancel).ConfigureAwait(false);
        }
        catch (StoreFullException)
        {
            return false; // the ledger itself has no room to note the deletion
        }

        return _retentionPause is null && HasSpace();
    }

    private bool HasSpace() =>
        _options.FreeBytesMin == 0 || _files.FreeBytes(_options.Directory) >= _options.FreeBytesMin;
}
