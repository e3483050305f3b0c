using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Deliver;

/// <summary>One connected rank of a group: reads what it carries in order and acknowledges it.</summary>
/// <remarks>
/// One reader at a time may call <see cref="NextAsync"/>; <see cref="Ack"/> may come from another thread.
/// Dispose it when the connection has ended.
/// </remarks>
public sealed class RankLink : IDisposable
{
    private readonly DeliveryHub _hub;
    private readonly TaskCompletionSource<LinkEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ShareReader> _readers = []; // By rank. Guarded by the hub's gate.
    private TaskCompletionSource _stirred = New(); // Replaced once it has fired. Guarded by the hub's gate.

    internal RankLink(DeliveryHub hub, ConsumerGroup group, RankShare share) =>
        (_hub, Group, Share, StartCursor) = (hub, group, share, group.Cursor(share.Rank));

    /// <summary>The group's name.</summary>
    public string GroupName => Group.Name;

    /// <summary>The rank and its world.</summary>
    public RankShare Share { get; }

    /// <summary>The position that the rank's own share starts after.</summary>
    public long StartCursor { get; }

    /// <summary>Ends when the hub takes the rank away; never faults.</summary>
    public Task<LinkEnd> Ended => _ended.Task;

    /// <summary>The cursor of the rank's own share now; the last position of all once the link has ended with the plan.
    /// </summary>
    public long Cursor => _hub.CursorOf(this);

    internal ConsumerGroup Group { get; }

    internal IReadOnlyList<ShareReader> Readers => _readers;

    /// <summary>Waits for the next samples of what this link carries and reads them.</summary>
    /// <param name="itemsMax">At most so many, from 1.</param>
    /// <param name="bytesMax">At most so many bytes, but always one sample.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>1 or more samples, by position, after those of the call before. Their memory is lent: the caller
    /// disposes them.</returns>
    /// <exception cref="DeliverRefusedException">Retention has deleted one of the next.</exception>
    public async ValueTask<Lent<PlacedSample>> NextAsync(
        int itemsMax, long bytesMax, CancellationToken stopping)
    {
        List<(ShareReader Reader, long Position)> wanted = [];
        IReadOnlyList<long> boundaries;
        while (true)
        {
            (boundaries, long enough, Task stirred) = _hub.Plan(this, itemsMax, wanted);
            if (wanted.Count > 0)
            {
                break;
            }

            // For the samples that make the next position deliverable, not for any: others do not wake this one.
            await EitherAsync(enough, stirred, stopping).ConfigureAwait(false);
        }

        long[] sequences = [.. wanted.Select(at => Group.Sequences.At(at.Position, boundaries))];
        Lent<LoggedSample> samples;
        try
        {
            samples = await _hub.ReadAsync(this, sequences, bytesMax, stopping).ConfigureAwait(false);
        }
        catch (SampleDeletedException)
        {
            throw _hub.Lost(sequences.Min());
        }

        using Lent<LoggedSample> unlessPlaced = samples;
        if (samples.Count is 0 || samples.Count > sequences.Length
            || samples.Where((sample, at) => sample.Sequence != sequences[at]).Any())
        {
            throw sequences.Min() < _hub.Log.FirstSequence
                ? _hub.Lost(sequences.Min())
                : new InvalidOperationException(
                    $"The log gave {samples.Count} samples for {sequences.Length}, not from sequence {sequences[0]} "
                    + "on.");
        }

        _hub.Read(wanted[..samples.Count]);
        return samples.As<PlacedSample>(
            [.. samples.Select((at, i) => new PlacedSample(wanted[i].Position, at.Sequence, at.Sample))]);
    }

    /// <summary>Counts samples that are about to leave.</summary>
    /// <param name="samples">How many.</param>
    /// <param name="bytes">What they weigh on the wire.</param>
    public void Sent(int samples, long bytes) => DeliverMetrics.Sent(_hub.Log.Scope + Group.Name, samples, bytes);

    /// <summary>Acknowledges everything up to a position of the share that the position belongs to.</summary>
    /// <param name="position">At most the last that may be delivered. It may lie beyond what this link has read: the
    /// consumer had it over an earlier one. Less than before, or of a share that this link does not carry, changes
    /// nothing.</param>
    /// <exception cref="DeliverRefusedException">Nothing could have been delivered there yet.</exception>
    public void Ack(long position) => _hub.Ack(this, position);

    /// <summary>Says what this rank wants now, in place of what it said before.</summary>
    /// <param name="weights">By category's name; finite, from 0. Only their proportions count.</param>
    public void Demand(IReadOnlyDictionary<string, double> weights) => _hub.Ask(this, weights);

    /// <summary>Gives the rank back. The group stays registered.</summary>
    public void Dispose() => _hub.Detach(this);

    internal void End(LinkEnd why) => _ended.TrySetResult(why);

    /// <summary>Takes a share over. Under the hub's gate.</summary>
    internal void Carry(ShareReader reader)
    {
        _readers.Add(reader);
        Stir();
    }

    /// <summary>Gives a share up. Under the hub's gate.</summary>
    internal void Drop(int share) => _readers.RemoveAll(reader => reader.Share.Rank == share);

    /// <summary>Makes a reader that waits look again. Under the hub's gate.</summary>
    internal void Stir() => _stirred.TrySetResult();

    /// <summary>Ends at the next <see cref="Stir"/>. Under the hub's gate.</summary>
    internal Task Stirred()
    {
        _stirred = _stirred.Task.IsCompleted ? New() : _stirred;
        return _stirred.Task;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task EitherAsync(long sequence, Task stirred, CancellationToken stopping)
    {
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task stored = _hub.Log.WaitForSequenceAsync(sequence - 1, done.Token);
        await Task.WhenAny(stored, stirred).ConfigureAwait(false);
        if (stored.IsCompleted)
        {
            await stored.ConfigureAwait(false);
        }
        else
        {
            await done.CancelAsync().ConfigureAwait(false);
            await stored.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
