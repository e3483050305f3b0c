using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>What a link reads and acknowledges, and how it ends.</summary>
public sealed partial class DeliveryHub
{
    private const long NearPositions = 4096;

    private IReadOnlyList<long> _boundaries; // Replaced, never changed. Guarded by _gate.
    private long? _endsAt; // The last position of all, once the plan has ended. Guarded by _gate.

    /// <summary>Says that no sample will come any more: blocks that are not whole end here, so that their samples can
    /// be delivered, and a rank that has all of its samples is ended.</summary>
    /// <param name="stopping">Ends the wait for the disk.</param>
    /// <returns>Done when that is on the disk. Samples of a later run go on after it, in new blocks.</returns>
    public async Task EndAsync(CancellationToken stopping)
    {
        long last = LastSequence;
        if (last > 0)
        {
            await Log.AddBoundaryAsync(last, stopping).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _endsAt = last;
            _boundaries = last == 0 || _boundaries.Contains(last) ? _boundaries : [.. _boundaries, last];
            foreach (ConsumerGroup group in _groups.Values)
            {
                foreach (RankLink link in group.AllLinks())
                {
                    link.Stir();
                }

                EndSettled(group);
            }
        }
    }

    internal long CursorOf(RankLink link)
    {
        lock (_gate)
        {
            bool hasAll = link.Ended is { IsCompletedSuccessfully: true, Result: LinkEnd.Ended };
            return hasAll && _endsAt is { } end ? end : link.Group.Cursor(link.Share.Rank);
        }
    }

    /// <summary>Says what a link reads next.</summary>
    /// <param name="link">The link.</param>
    /// <param name="itemsMax">At most so many positions.</param>
    /// <param name="wanted">Empty; receives positions that may be delivered, ascending, and whose they are.</param>
    /// <returns>The boundaries to read them by; where there is nothing to read, the sequence that would be enough for
    /// the next position, and a task that ends when something else has changed.</returns>
    internal (IReadOnlyList<long> Boundaries, long Enough, Task Stirred) Plan(
        RankLink link, int itemsMax, List<(ShareReader Reader, long Position)> wanted)
    {
        lock (_gate)
        {
            DeliveryOrder order = link.Group.Order;
            long last = order.CompleteUpTo(Log.LastSequence, _boundaries);
            PriorityQueue<ShareReader, long> next = new(link.Readers.Count);
            foreach (ShareReader reader in link.Readers)
            {
                // What was acknowledged meanwhile, having come over an earlier link, need not be sent again.
                reader.ReadUpTo = Math.Max(reader.ReadUpTo, link.Group.Cursor(reader.Share.Rank));
                next.Enqueue(reader, reader.Share.NextAfter(reader.ReadUpTo));
            }

            while (wanted.Count < itemsMax && next.TryPeek(out ShareReader? reader, out long at) && at <= last)
            {
                wanted.Add((reader, at));
                next.DequeueEnqueue(reader, at + reader.Share.World);
            }

            // A link that carries nothing has been replaced, and is only waiting to be told.
            bool hasShare = next.TryPeek(out _, out long first);
            return (_boundaries, hasShare ? order.EndOf(first, _boundaries) : long.MaxValue, link.Stirred());
        }
    }

    /// <summary>Reads samples for a link, or takes what was read for another group.</summary>
    internal ValueTask<Lent<LoggedSample>> ReadAsync(
        RankLink link, IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        int groupsToCome;
        lock (_gate)
        {
            long here = link.Readers.Count == 0 ? 0 : link.Readers.Min(reader => reader.ReadUpTo);
            groupsToCome = _groups.Values.Count(group => group.Links > 0 && !ReferenceEquals(group, link.Group)
                && group.AllLinks().Any(other => other.Readers.Any(
                    reader => reader.ReadUpTo <= here && reader.ReadUpTo > here - NearPositions)));
        }

        return _reads.ReadAsync(sequences, bytesMax, groupsToCome, stopping);
    }

    internal void Read(IEnumerable<(ShareReader Reader, long Position)> read)
    {
        lock (_gate)
        {
            foreach ((ShareReader reader, long position) in read)
            {
                reader.ReadUpTo = Math.Max(reader.ReadUpTo, position);
            }
        }
    }

    internal void Ack(RankLink link, long position)
    {
        ConsumerGroup group = link.Group;
        lock (_gate)
        {
            long last = group.Order.CompleteUpTo(LastSequence, _boundaries);
            if (position > last)
            {
                throw new DeliverRefusedException(
                    DeliverRefusal.AckAhead, $"Position {position} was acknowledged; {last} is the last there is.");
            }

            int share = (int)(position % group.World);
            if (!ReferenceEquals(group.Carrier(share), link) || position <= group.Cursor(share))
            {
                return; // A replaced link may no longer move the cursor; an old acknowledgement says nothing new.
            }

            group.SetCursor(share, position);
            _mirror.Note(group.CursorOf(share));
            Rejoin(group);
            Changed();
            EndSettled(group);
        }

        DeliverMetrics.Acked(Log.Scope + group.Name);
    }

    internal void Detach(RankLink link)
    {
        lock (_gate)
        {
            if (!link.Group.Detach(link.Share.Rank, link, _clock.GetTimestamp()))
            {
                return;
            }
        }

        CheckTimes();
    }

    /// <summary>Ends the links of a group that have all there will ever be.</summary>
    private void EndSettled(ConsumerGroup group)
    {
        if (_endsAt is { } end)
        {
            // With reassignment a rank may yet get what a dead one leaves, so all end together.
            bool isTogether = _options.OnDeadRank == DeadRankPolicy.Reassign;
            foreach (RankLink link in group.AllLinks().Where(link =>
                isTogether ? group.SettledUpTo >= end : group.IsSettled(link, end)))
            {
                link.End(LinkEnd.Ended);
            }
        }
    }
}
