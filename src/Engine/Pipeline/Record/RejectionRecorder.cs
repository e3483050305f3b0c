using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Record;

/// <summary>Gathers all stages' rejections and writes many in one commit. Safe for several workers at once.</summary>
/// <remarks>
/// A commit costs milliseconds whatever is in it, and a line may reject more than it accepts. What a crash takes from
/// the buffer is not lost but made again: a try that is not in the ledger is in flight, with the same seed.
/// </remarks>
public sealed class RejectionRecorder : IAsyncDisposable
{
    private readonly SampleStore _store;
    private readonly int _batchMax;
    private readonly TimeSpan _linger;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _closing = new();

    // One writer at a time, so that a batch that was refused is put back before the next is taken.
    private readonly SemaphoreSlim _turn = new(1, 1);

    private readonly Lock _gate = new();
    private List<Rejection> _waiting = []; // Guarded by _gate.
    private volatile Exception? _fault;

    /// <summary>Gathers for one store.</summary>
    /// <param name="store">The ledger; owned by the caller, who closes it after this.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock for the linger.</param>
    public RejectionRecorder(SampleStore store, RecordOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_store, _batchMax, _linger) = (store, options.RejectionBatchMax, options.RejectionLinger);
        TimeSpan never = Timeout.InfiniteTimeSpan;
        _timer = time.CreateTimer(_ => _ = LingerEndedAsync(), state: null, never, never);
    }

    /// <summary>Takes a rejection; holds the line back while the buffer is full and the disk too.</summary>
    /// <param name="rejection">The try that ended.</param>
    /// <param name="stopping">Ends the wait; the rejection stays in the buffer.</param>
    /// <returns>Done when the rejection is in the buffer or the ledger.</returns>
    /// <exception cref="StoreException">This or an earlier write failed for good: the line must end.</exception>
    public async ValueTask AddAsync(Rejection rejection, CancellationToken stopping)
    {
        ThrowIfFaulted();
        int waiting;
        lock (_gate)
        {
            _waiting.Add(rejection);
            waiting = _waiting.Count;
        }

        if (waiting >= _batchMax)
        {
            await WriteAsync(stopping).ConfigureAwait(false);
        }
        else if (waiting == 1)
        {
            _timer.Change(_linger, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes what is in the buffer; waits while the disk is full.</summary>
    /// <param name="stopping">Ends the wait; what was not written stays in the buffer.</param>
    /// <returns>Done when all that was added before is in the ledger.</returns>
    /// <exception cref="StoreException">A write failed for good: the line must end.</exception>
    public async Task WriteAsync(CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            bool isDone = false;
            while (!isDone)
            {
                ThrowIfFaulted();
                await _store.WaitForSpaceAsync(stopping).ConfigureAwait(false);
                isDone = await TryWriteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes the rest once; on a full disk gives it up: its tries are made again after a restart.</summary>
    /// <returns>Done when the store may be closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false); // a wait for space ends and frees the turn
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_fault is null)
            {
                await TryWriteAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
            _closing.Dispose();
        }
    }

    // Runs on the timer, where nobody awaits it: the next call of a stage throws what it met.
    private async Task LingerEndedAsync()
    {
        try
        {
            await WriteAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Closing writes what is left.
        }
        catch (Exception cause)
        {
            _fault ??= cause; // told at the next call
        }
    }

    private async Task<bool> TryWriteAsync()
    {
        List<Rejection> batch;
        lock (_gate)
        {
            (batch, _waiting) = (_waiting, []);
        }

        try
        {
            if (batch.Count > 0)
            {
                await _store.RecordRejectionsAsync(batch, CancellationToken.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (StoreFullException)
        {
            lock (_gate)
            {
                _waiting.InsertRange(0, batch);
            }

            return false;
        }
        catch (Exception cause)
        {
            _fault ??= cause;
            throw;
        }
    }

    private void ThrowIfFaulted()
    {
        if (_fault is { } cause)
        {
            throw new StoreException($"Rejections cannot be recorded: {cause.Message}", cause);
        }
    }
}
