namespace Engine.Pipeline.Deliver;

/// <summary>The window: the line waits for the slowest group that it waits for at all.</summary>
public sealed partial class DeliveryHub
{
    private readonly List<WindowWait> _waits = []; // Samples that wait now. Guarded by _gate.

    /// <summary>Waits while the sequence is a whole window or more above the lowest settled cursor.</summary>
    internal async ValueTask WaitForWindowAsync(long sequence, CancellationToken stopping)
    {
        WindowWait wait = new(sequence);
        lock (_gate)
        {
            if (BlockerOf(sequence, Slowest()) is not { } blocker)
            {
                return;
            }

            wait.WaitFor(blocker, _clock);
            _waits.Add(wait);
        }

        try
        {
            await wait.Passed.WaitAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                wait.WaitFor(null, _clock);
                _waits.Remove(wait);
            }
        }
    }

    private (ConsumerGroup Group, long SettledUpTo)? Slowest()
    {
        (ConsumerGroup Group, long SettledUpTo)? slowest = null;
        foreach (ConsumerGroup group in _groups.Values)
        {
            if (!group.IsDetached && group.SettledUpTo is long settled
                && (slowest is null || settled < slowest.Value.SettledUpTo))
            {
                slowest = (group, settled);
            }
        }

        return slowest;
    }

    private ConsumerGroup? BlockerOf(long sequence, (ConsumerGroup Group, long SettledUpTo)? slowest) =>
        slowest is { } at && sequence - at.SettledUpTo >= _options.BacklogMaxItems ? at.Group : null;

    private TimeSpan BlockedNow(ConsumerGroup group)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (WindowWait wait in _waits.Where(wait => ReferenceEquals(wait.Blocker, group)))
        {
            sum += _clock.GetElapsedTime(wait.Since);
        }

        return sum;
    }

    /// <summary>Looks again, after a cursor or a group has changed, at who must wait and for whom.</summary>
    private void Changed()
    {
        if (_waits.Count == 0)
        {
            return;
        }

        (ConsumerGroup Group, long SettledUpTo)? slowest = Slowest();
        foreach (WindowWait wait in _waits)
        {
            wait.WaitFor(BlockerOf(wait.Sequence, slowest), _clock);
        }
    }

    /// <summary>Lets a detached group count again, once it is back and cannot make the line wait.</summary>
    private void Rejoin(ConsumerGroup group)
    {
        if (group.IsDetached && group.Links > 0
            && Log.LastSequence - group.SettledUpTo < _options.BacklogMaxItems)
        {
            group.IsDetached = false;
        }
    }
}
