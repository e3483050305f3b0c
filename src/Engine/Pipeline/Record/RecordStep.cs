using Engine.Flow;
using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Record;

/// <summary>The record stage: samples in, durable and accepted samples out; waits while the disk is full.</summary>
/// <param name="store">Where samples are kept; owned by the caller.</param>
public sealed class RecordStep(SampleStore store)
{
    /// <summary>Stores a batch in one group commit. While it waits for space, the line waits.</summary>
    /// <param name="samples">1 or more samples.</param>
    /// <param name="stopping">Ends a wait; a commit that began is ended.</param>
    /// <returns>One outcome a sample, in order: where it lies, or a drop (<c>duplicate</c>).</returns>
    /// <exception cref="StoreReadOnlyException">A write has an unknown fate: the line must end.</exception>
    public async ValueTask<IReadOnlyList<Outcome<StoredSample>>> RunAsync(
        IReadOnlyList<Sample> samples, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(samples);
        IReadOnlyList<StoredSample?>? stored = null;
        while (stored is null)
        {
            await store.WaitForSpaceAsync(stopping).ConfigureAwait(false);
            try
            {
                stored = await store.AppendAsync(samples, stopping).ConfigureAwait(false);
            }
            catch (StoreFullException)
            {
                // The batch was undone as a whole; the wait above holds until the next look at the disk.
            }
        }

        return [.. stored.Select(Judge)];
    }

    private static Outcome<StoredSample> Judge(StoredSample? stored) => stored is { } at
        ? Outcome.Keep(at)
        : Outcome.Drop<StoredSample>(RejectReason.Duplicate, "the try had ended already, in the store or in its batch");
}
