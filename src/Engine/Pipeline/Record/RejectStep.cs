using Engine.Flow;
using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Record;

/// <summary>The reject stage: tries that ended without a sample are made durable, in one transaction a batch.</summary>
/// <param name="store">The ledger's owner; owned by the caller.</param>
public sealed class RejectStep(SampleStore store)
{
    /// <summary>Records a batch; waits while the disk is full.</summary>
    /// <param name="rejections">1 or more.</param>
    /// <param name="stopping">Ends a wait.</param>
    /// <returns>Every rejection, kept.</returns>
    /// <exception cref="StoreReadOnlyException">A write has an unknown fate: the line must end.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Rejection>>> RunAsync(
        IReadOnlyList<Rejection> rejections, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(rejections);
        while (true)
        {
            try
            {
                await store.RecordRejectionsAsync(rejections, stopping).ConfigureAwait(false);
                return [.. rejections.Select(Outcome.Keep)];
            }
            catch (StoreFullException)
            {
                // Undone as a whole; the wait holds until there is space.
                await store.WaitForSpaceAsync(stopping).ConfigureAwait(false);
            }
        }
    }
}
