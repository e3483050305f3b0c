namespace Engine.Flow;

/// <summary>Gathers items into batches: a batch goes when it is full, when it has lingered, or at the end.</summary>
internal sealed class Batcher<T> : IDisposable
{
    private readonly Lock _gate = new();
    private readonly int _itemsMax;
    private readonly TimeSpan _linger;
    private readonly Action<IReadOnlyList<T>> _flush; // Called under _gate, so that batches leave in order.
    private readonly ITimer _timer;
    private List<T> _pending = []; // Guarded by _gate.

    public Batcher(int itemsMax, TimeSpan linger, TimeProvider clock, Action<IReadOnlyList<T>> flush)
    {
        (_itemsMax, _linger, _flush) = (itemsMax, linger, flush);
        _timer = clock.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _pending.Add(item);
            if (_pending.Count >= _itemsMax)
            {
                FlushLocked();
            }
            else if (_pending.Count == 1)
            {
                _timer.Change(_linger, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            FlushLocked();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void FlushLocked()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        List<T> batch = _pending;
        _pending = [];
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _flush(batch);
    }
}
