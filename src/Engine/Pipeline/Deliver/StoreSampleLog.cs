using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Deliver;

/// <summary>The store as a log: shards and ledger, read beside the writer.</summary>
/// <param name="store">Owned by the caller; to be closed after everything that uses this log.</param>
/// <param name="scope">The log's <see cref="Scope"/>.</param>
public sealed class StoreSampleLog(SampleStore store, string scope = "") : ISampleLog
{
    /// <inheritdoc/>
    public string Scope => scope;

    /// <inheritdoc/>
    public string StreamId => store.StreamId;

    /// <inheritdoc/>
    public long LastSequence => store.LastSequence;

    /// <inheritdoc/>
    public long FirstSequence => store.FirstSequence;

    /// <inheritdoc/>
    /// <exception cref="SampleDeletedException">Retention has deleted one of them since.</exception>
    /// <exception cref="StoreDamagedException">A sample's bytes are missing or changed.</exception>
    public ValueTask<Lent<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        Lent<(StoredSample Stored, Sample Sample)> read = store.Lend([.. Within(store.Find(sequences), bytesMax)]);
        return ValueTask.FromResult(
            read.As<LoggedSample>([.. read.Select(one => new LoggedSample(one.Stored.Sequence, one.Sample))]));
    }

    private static IEnumerable<StoredSample> Within(IEnumerable<StoredSample> samples, long bytesMax)
    {
        long bytes = 0;
        foreach (StoredSample stored in samples)
        {
            bool isFirst = bytes == 0;
            bytes += stored.Length;
            if (bytes > bytesMax && !isFirst)
            {
                yield break;
            }

            yield return stored;
        }
    }

    /// <inheritdoc/>
    public Task WaitForSequenceAsync(long above, CancellationToken stopping) =>
        store.WaitForSequenceAsync(above, stopping);

    /// <inheritdoc/>
    public IReadOnlyList<RankCursor> LoadCursors() =>
    [
        .. store.LoadCursors()
            .Where(at => at.Group[..(at.Group.IndexOf(':', StringComparison.Ordinal) + 1)] == scope)
            .Select(at => new RankCursor(
                at.Group[scope.Length..], new RankShare(at.Rank, at.World),
                new DeliveryOrder(at.ShuffleWindow, at.ShuffleSeed),
                at.Position)),
    ];

    /// <inheritdoc/>
    public Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping) =>
        store.SetCursorsAsync(
            [
                .. cursors.Select(at => new GroupCursor(
                    scope + at.Group, at.Share.Rank, at.Share.World, at.Position, at.Order.Window, at.Order.Seed)),
            ],
            stopping);

    /// <inheritdoc/>
    public Task ForgetGroupAsync(string group, CancellationToken stopping) =>
        store.RemoveGroupAsync(scope + group, stopping);

    /// <inheritdoc/>
    public IReadOnlyList<long> LoadBoundaries() => store.LoadBoundaries();

    /// <inheritdoc/>
    public Task AddBoundaryAsync(long sequence, CancellationToken stopping) =>
        store.AddBoundaryAsync(sequence, stopping);
}
