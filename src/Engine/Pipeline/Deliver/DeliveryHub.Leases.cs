namespace Engine.Pipeline.Deliver;

/// <summary>What happens with time alone: idle groups, dead ranks, demand of those who have gone.</summary>
public sealed partial class DeliveryHub
{
    /// <summary>Told, in a sentence for the operator, when a rank is dead and when it is back.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>Does what is due and arms the timer for what is due next.</summary>
    private void CheckTimes()
    {
        List<string> told = [];
        lock (_gate)
        {
            TimeSpan next = Timeout.InfiniteTimeSpan;
            foreach (ConsumerGroup group in _groups.Values)
            {
                next = Sooner(next, DetachIfIdle(group));
                next = Sooner(next, BuryDead(group, told));
            }

            if (!_isClosed)
            {
                _idleTimer.Change(next, Timeout.InfiniteTimeSpan);
            }
        }

        told.ForEach(line => Told?.Invoke(line));
    }

    private static TimeSpan Sooner(TimeSpan one, TimeSpan? other) =>
        other is { } due && (one == Timeout.InfiniteTimeSpan || due < one) ? due : one;

    /// <summary>Detaches a group that has been idle for too long.</summary>
    /// <returns>How long until it will be; null when it will not.</returns>
    private TimeSpan? DetachIfIdle(ConsumerGroup group)
    {
        if (_options.OnStopped != StoppedGroupPolicy.Detach || group.Links > 0 || group.IsDetached)
        {
            return null;
        }

        TimeSpan left = _options.IdleTimeout - _clock.GetElapsedTime(group.IdleSince);
        if (left > TimeSpan.Zero)
        {
            return left;
        }

        group.IsDetached = true;
        DeliverMetrics.Detached(Log.Scope + group.Name);
        Changed();
        return null;
    }

    /// <summary>Gives up on ranks whose lease is over.</summary>
    /// <returns>How long until the next one's is; null when none's is running.</returns>
    private TimeSpan? BuryDead(ConsumerGroup group, List<string> told)
    {
        TimeSpan? next = null;
        for (int rank = 0; rank < group.World; rank++)
        {
            if (group.Link(rank) is not null || group.IsBuried(rank))
            {
                continue;
            }

            TimeSpan left = _options.RankLease - _clock.GetElapsedTime(group.AbsentSince(rank));
            if (left > TimeSpan.Zero)
            {
                next = next is null || left < next ? left : next;
                continue;
            }

            _isDemandStale |= group.Forget(rank);
            if (group.Links > 0)
            {
                Bury(group, rank, told);
            }
        }

        return next;
    }

    private void Bury(ConsumerGroup group, int rank, List<string> told)
    {
        group.Bury(rank);
        bool isReassigned = _options.OnDeadRank == DeadRankPolicy.Reassign;
        if (isReassigned)
        {
            group.Adopt(rank);
            EndSettled(group);
        }

        told.Add(
            $"rank {rank} of {group.World} of group '{group.Name}' has not been connected for {_options.RankLease}; "
            + (isReassigned
                ? "the other ranks receive its samples until it is back"
                : "its group waits for it, and so will the line: start it, remove the group, or set "
                    + "deliver.on_dead_rank to reassign"));
    }
}
