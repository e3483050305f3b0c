using Engine.Items;
using Engine.Pipeline.Deliver;

namespace Engine.Runtimes.CopyPaste;

/// <summary>The composed pictures as a log of their own, with consumer groups of their own.</summary>
/// <remarks>Picture k is there once sample k * samplesPerPicture is. It is made when it is read, on the reader's own
/// task; several readers make theirs side by side.</remarks>
/// <param name="samples">The samples' log, which keeps cursors and boundaries too, the cursors in a scope of this log's
/// own; owned by the caller.</param>
/// <param name="maker">Makes the pictures; owned by the caller.</param>
/// <param name="samplesPerPicture">One picture is made for so many samples, at least 1.</param>
public sealed class CopyPasteLog(ISampleLog samples, CopyPaste maker, int samplesPerPicture) : ISampleLog
{
    // A picture takes tens of milliseconds: the first ones should not wait for many others.
    private const int PicturesMax = 4;

    /// <inheritdoc/>
    public string Scope => samples.Scope;

    /// <inheritdoc/>
    public string StreamId => samples.StreamId + "-copy-paste";

    /// <inheritdoc/>
    public long LastSequence => samples.LastSequence / samplesPerPicture;

    /// <summary>Always 1: a picture whose samples were deleted is made of what is left.</summary>
    public long FirstSequence => 1;

    /// <inheritdoc/>
    public async ValueTask<Lent<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        List<LoggedSample> made = [];
        long bytes = 0;
        foreach (long sequence in sequences.Take(PicturesMax))
        {
            Sample picture = await maker.MakeAsync(sequence, stopping).ConfigureAwait(false);
            bytes += picture.Bytes;
            if (bytes > bytesMax && made.Count > 0)
            {
                break;
            }

            made.Add(new LoggedSample(sequence, picture));
        }

        return new Lent<LoggedSample>(made);
    }

    /// <inheritdoc/>
    public Task WaitForSequenceAsync(long above, CancellationToken stopping) =>
        samples.WaitForSequenceAsync(((above + 1) * samplesPerPicture) - 1, stopping);

    /// <inheritdoc/>
    public IReadOnlyList<RankCursor> LoadCursors() => samples.LoadCursors();

    /// <inheritdoc/>
    public Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping) =>
        samples.SaveCursorsAsync(cursors, stopping);

    /// <inheritdoc/>
    public Task ForgetGroupAsync(string group, CancellationToken stopping) =>
        samples.ForgetGroupAsync(group, stopping);

    /// <inheritdoc/>
    public IReadOnlyList<long> LoadBoundaries() =>
        [.. samples.LoadBoundaries().Select(sequence => sequence / samplesPerPicture).Where(at => at > 0).Distinct()];

    /// <inheritdoc/>
    /// <remarks>Said when the plan has ended. The samples' own boundary then is the newest sample; one anywhere before
    /// it would cut a block that others have read already.</remarks>
    public Task AddBoundaryAsync(long sequence, CancellationToken stopping) =>
        samples.AddBoundaryAsync(samples.LastSequence, stopping);
}
