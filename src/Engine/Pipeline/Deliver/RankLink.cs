namespace Engine.Pipeline.Deliver;

/// <summary>One connected rank of a group: reads its share in order and acknowledges it.</summary>
/// <remarks>
/// One reader at a time may call <see cref="NextAsync"/>; <see cref="Ack"/> may come from another thread.
/// Dispose it when the connection has ended.
/// </remarks>
public sealed class RankLink : IDisposable
{
    private readonly DeliveryHub _hub;
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _readUpTo; // Touched by the one reader only.

    internal RankLink(DeliveryHub hub, ConsumerGroup group, RankShare share, long cursor)
    {
        (_hub, Group, Share, StartCursor) = (hub, group, share, cursor);
        _readUpTo = cursor;
    }

    /// <summary>The group's name.</summary>
    public string GroupName => Group.Name;

    /// <summary>The rank and its world.</summary>
    public RankShare Share { get; }

    /// <summary>The cursor that the link starts after.</summary>
    public long StartCursor { get; }

    /// <summary>Ends when the hub takes the rank away; never faults.</summary>
    public Task<LinkEnd> Ended => _ended.Task;

    /// <summary>The rank's cursor now.</summary>
    public long Cursor => _hub.CursorOf(this);

    internal ConsumerGroup Group { get; }

    /// <summary>Waits for the next samples of this rank and reads them.</summary>
    /// <param name="itemsMax">At most so many, from 1.</param>
    /// <param name="bytesMax">At most so many bytes, but always one sample.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>1 or more samples after those of the call before; owned by the caller.</returns>
    public async ValueTask<IReadOnlyList<LoggedSample>> NextAsync(
        int itemsMax, long bytesMax, CancellationToken stopping)
    {
        // What was acknowledged meanwhile, having come over an earlier link, need not be sent again.
        _readUpTo = Math.Max(_readUpTo, Cursor);

        // For the next sample of this share, not for any sample: the other ranks' samples do not wake this one.
        long next = Share.NextAfter(_readUpTo);
        await _hub.Log.WaitForSequenceAsync(next - 1, stopping).ConfigureAwait(false);
        IReadOnlyList<LoggedSample> samples = await _hub.Log
            .ReadAsync(_readUpTo, Share, itemsMax, bytesMax, stopping).ConfigureAwait(false);
        if (samples.Count == 0 || samples[0].Sequence != next)
        {
            throw new InvalidOperationException(
                $"The log gave {samples.Count} samples, not from {next} on, for rank {Share.Rank} of {Share.World}.");
        }

        _readUpTo = samples[^1].Sequence;
        return samples;
    }

    /// <summary>Counts a sample that is about to leave.</summary>
    /// <param name="bytes">What it weighs on the wire.</param>
    public void Sent(long bytes) => DeliverMetrics.Sent(Group.Name, bytes);

    /// <summary>Acknowledges everything up to a sequence; less than was acknowledged before changes nothing.</summary>
    /// <param name="sequence">At most the newest sample's. It may lie beyond what this link has read: the consumer had
    /// it over an earlier one.</param>
    /// <exception cref="DeliverRefusedException">There is no such sample yet.</exception>
    public void Ack(long sequence) => _hub.Ack(this, sequence);

    /// <summary>Gives the rank back. The group stays registered.</summary>
    public void Dispose() => _hub.Detach(this);

    internal void End(LinkEnd why) => _ended.TrySetResult(why);
}
