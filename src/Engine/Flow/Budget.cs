namespace Engine.Flow;

/// <summary>Room for items and bytes. Who finds none waits in line: first come, first served.</summary>
/// <remarks>
/// An item enters when the budget is empty, or when both the item count and the bytes stay within the bounds with it.
/// The first clause lets one item heavier than the whole budget through, alone; else it would wait for ever.
/// </remarks>
internal sealed class Budget(int capacityItems, long capacityBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Entered)> _waiting = new(); // Guarded by _gate.
    private int _items; // Guarded by _gate.
    private long _bytes; // Guarded by _gate.

    public (int Items, long Bytes) Held
    {
        get
        {
            lock (_gate)
            {
                return (_items, _bytes);
            }
        }
    }

    public Task EnterAsync(long bytes, CancellationToken stopping)
    {
        TaskCompletionSource entered;
        lock (_gate)
        {
            if (_waiting.Count == 0 && HasRoom(bytes))
            {
                Take(bytes);
                return Task.CompletedTask;
            }

            entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, entered));
        }

        // The waiter stays queued when it is cancelled: a cancelled line lets nobody else in either.
        return entered.Task.WaitAsync(stopping);
    }

    /// <summary>Weighs an item anew, once its step has turned it into something heavier or lighter.</summary>
    public void Reweigh(long before, long after)
    {
        lock (_gate)
        {
            _bytes += after - before;
            LetIn();
        }
    }

    public void Leave(int items, long bytes)
    {
        lock (_gate)
        {
            _items -= items;
            _bytes -= bytes;
            LetIn();
        }
    }

    /// <summary>Forgets what is held and who waits, once the line has ended.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            (_items, _bytes) = (0, 0);
            _waiting.Clear();
        }
    }

    private bool HasRoom(long bytes) =>
        _items == 0 || (_items < capacityItems && _bytes + bytes <= capacityBytes);

    private void Take(long bytes) => (_items, _bytes) = (_items + 1, _bytes + bytes);

    private void LetIn()
    {
        while (_waiting.TryPeek(out (long Bytes, TaskCompletionSource Entered) next) && HasRoom(next.Bytes))
        {
            _waiting.Dequeue();
            Take(next.Bytes);
            next.Entered.SetResult();
        }
    }
}
