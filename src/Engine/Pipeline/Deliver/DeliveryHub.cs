using Engine.Options;

namespace Engine.Pipeline.Deliver;

/// <summary>
/// The consumer groups, their cursors and the window that ties the line to the slowest of them. Knows no sockets.
/// </summary>
/// <remarks>
/// <para>A group is registered by its first connection and stays so, across restarts, until it is removed. Each of
/// its ranks has a cursor: the last position it acknowledged in the group's order. A rank receives its share after its
/// cursor, by position.</para>
/// <para>A group has one world and one order at a time. When all its ranks are gone it may come back with others; each
/// new rank then starts after what every old rank had settled, so that nothing is missed and a little comes
/// twice.</para>
/// </remarks>
public sealed partial class DeliveryHub : IAsyncDisposable
{
    private readonly DeliverOptions _options;
    private readonly TimeProvider _clock;
    private readonly CursorMirror _mirror;
    private readonly SharedReads _reads;
    private readonly ITimer _idleTimer;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ConsumerGroup> _groups = new(StringComparer.Ordinal); // Guarded by _gate.
    private bool _isClosed; // Guarded by _gate.

    /// <summary>Makes a hub and registers the groups whose cursors the log has.</summary>
    /// <param name="log">The samples; owned by the caller and used until the hub is disposed.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="clock">Times idle groups and the saving of cursors.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    public DeliveryHub(ISampleLog log, DeliverOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(log);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        ArgumentNullException.ThrowIfNull(clock);

        (Log, _options, _clock) = (log, options, clock);
        _mirror = new CursorMirror(log, options, clock);
        _reads = new SharedReads(log);
        _idleTimer = clock.CreateTimer(_ => CheckTimes(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _boundaries = log.LoadBoundaries();
        foreach (IGrouping<string, RankCursor> saved in log.LoadCursors().GroupBy(cursor => cursor.Group))
        {
            // A rank without a saved cursor starts at 0: it may see samples twice, but it misses none.
            RankCursor any = saved.First();
            ConsumerGroup group = new(saved.Key, any.Share.World, any.Order, cursor: 0, clock.GetTimestamp());
            long last = any.Order.CompleteUpTo(log.LastSequence, _boundaries);
            foreach (RankCursor cursor in saved)
            {
                group.SetCursor(cursor.Share.Rank, Math.Min(cursor.Position, last));
            }

            _groups.Add(group.Name, group);
        }

        CheckTimes(); // Only arms the timer: nobody is idle for long yet.
        DeliverMetrics.Hubs.Add(this);
    }

    /// <summary>The log's name, which cursors belong to.</summary>
    public string StreamId => Log.StreamId;

    /// <summary>The newest sample's sequence; 0 when there is none.</summary>
    public long LastSequence => Log.LastSequence;

    internal ISampleLog Log { get; }

    /// <summary>Connects a rank. A connection that had the rank before is ended as replaced: the newest wins.</summary>
    /// <param name="name">The group's name, 1 to 64 of [a-zA-Z0-9_.-]; registered when it is new.</param>
    /// <param name="share">The rank and its world.</param>
    /// <param name="cursor">Where to go on, after this position. Null: the rank's own cursor, in a new group before the
    /// first position of which everything is kept; 0 means that too.</param>
    /// <param name="streamId">The stream that the cursor belongs to; null when the consumer does not know.</param>
    /// <param name="order">The group's order, which positions belong to.</param>
    /// <returns>The link, owned by the caller.</returns>
    /// <exception cref="DeliverRefusedException">The hub says no; the message says why.</exception>
    public RankLink Attach(
        string name, RankShare share, long? cursor = null, string? streamId = null, DeliveryOrder order = default)
    {
        ThrowIfInvalid(name, share, order);
        order = order.Window == 0 ? DeliveryOrder.Plain : order;
        RankLink link;
        RankLink? before;
        bool wasDead;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new DeliverRefusedException(DeliverRefusal.Closed, "The stream is closed.");
            }

            ThrowIfStrange(cursor, streamId, order);
            ThrowIfLost(cursor, order);
            ConsumerGroup group = Registered(name, share.World, order);
            long start = StartAfter(cursor ?? group.Cursor(share.Rank), order);
            if (start != group.Cursor(share.Rank))
            {
                group.SetCursor(share.Rank, start);
                _mirror.Note(group.CursorOf(share.Rank));
            }

            link = new RankLink(this, group, share);
            wasDead = group.IsBuried(share.Rank);
            before = group.Attach(share.Rank, link, _clock.GetTimestamp());
            Rejoin(group);
            Changed();
            EndSettled(group);
        }

        before?.End(LinkEnd.Replaced);
        if (wasDead)
        {
            Told?.Invoke($"rank {share.Rank} of {share.World} of group '{name}' is back");
        }

        CheckTimes();
        return link;
    }

    /// <summary>Removes a group: its cursors are forgotten, its links end, the line no longer waits for it.</summary>
    /// <param name="name">The group's name.</param>
    /// <param name="stopping">Ends the wait for the disk.</param>
    /// <returns>Whether there was such a group.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken stopping)
    {
        RankLink[] links;
        lock (_gate)
        {
            if (!_groups.Remove(name, out ConsumerGroup? group))
            {
                return false;
            }

            links = [.. group.AllLinks()];
            _isDemandStale |= group.Asked.Count > 0;
            Changed();
        }

        Array.ForEach(links, link => link.End(LinkEnd.Removed));
        await _mirror.ForgetAsync(name, stopping).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads what the hub knows.</summary>
    /// <returns>A snapshot, owned by the caller.</returns>
    public DeliverSnapshot Snapshot()
    {
        long last = Log.LastSequence;
        lock (_gate)
        {
            return new DeliverSnapshot(
                StreamId, last, _waits.FirstOrDefault()?.Blocker?.Name, _mirror.LastError,
                [.. _groups.Values.Select(group => group.Snapshot(last, BlockedNow(group)))]);
        }
    }

    /// <summary>Ends all links and saves every cursor.</summary>
    /// <returns>Done when the cursors are on the disk.</returns>
    public async ValueTask DisposeAsync()
    {
        RankLink[] links;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            links = [.. _groups.Values.SelectMany(group => group.AllLinks())];
        }

        DeliverMetrics.Hubs.Remove(this);
        Array.ForEach(links, link => link.End(LinkEnd.Closed));
        await _idleTimer.DisposeAsync().ConfigureAwait(false);
        await _mirror.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends when the save that is under way has ended, well or not.</summary>
    internal Task SavedAsync() => _mirror.SavedAsync();
}
