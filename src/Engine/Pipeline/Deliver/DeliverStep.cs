using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>The line's last stage: lets a stored sample pass once the slowest group is near enough.</summary>
/// <remarks>
/// It sends nothing: the sockets read the store at their own pace. It only makes the line wait, so that the generator
/// is never further ahead of its consumers than <see cref="DeliverOptions.BacklogMaxItems"/> and the stages' room.
/// </remarks>
/// <param name="hub">Knows the groups; owned by the caller.</param>
/// <param name="pictures">Knows the groups of the composed pictures; null where there are none. Owned by the caller.
/// </param>
/// <param name="samplesPerPicture">One such picture is made for so many samples.</param>
public sealed class DeliverStep(DeliveryHub hub, DeliveryHub? pictures = null, int samplesPerPicture = 1)
{
    /// <summary>Waits until the sample is within the window; with no group registered it does not wait.</summary>
    /// <param name="stored">A sample that is in the store already, so that its consumers can take it meanwhile.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>The sample, kept.</returns>
    public async ValueTask<Outcome<StoredSample>> RunAsync(StoredSample stored, CancellationToken stopping)
    {
        await hub.WaitForWindowAsync(stored.Sequence, stopping).ConfigureAwait(false);
        if (pictures is not null)
        {
            await pictures.WaitForWindowAsync(stored.Sequence / samplesPerPicture, stopping).ConfigureAwait(false);
        }

        return Outcome.Keep(stored);
    }
}
