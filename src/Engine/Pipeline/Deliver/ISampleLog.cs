using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>The accepted samples in order, and the consumers' cursors. Many readers may call it at once.</summary>
public interface ISampleLog
{
    /// <summary>Names the log, so that a cursor is never used on another one; 1 to 64 of [0-9a-zA-Z_-].</summary>
    string StreamId { get; }

    /// <summary>Stands before the names of this log's groups where several logs share a store or metrics; empty, or
    /// ends with a colon, which no group's name has.</summary>
    string Scope => "";

    /// <summary>The newest sample's sequence; 0 when there is none. Never falls.</summary>
    long LastSequence { get; }

    /// <summary>The first sample that is still there; 1 while none was deleted. Never falls.</summary>
    long FirstSequence => 1;

    /// <summary>Reads samples.</summary>
    /// <param name="sequences">Whose, in any order; each was stored. One that was deleted since is left out, or an
    /// error.</param>
    /// <param name="bytesMax">At most so many bytes, but always one sample.</param>
    /// <param name="stopping">Ends the read.</param>
    /// <returns>The first of them, in the order asked for, as many as fit. Their memory is lent: the caller disposes
    /// them.</returns>
    ValueTask<Lent<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping);

    /// <summary>Waits for newer samples.</summary>
    /// <param name="above">The newest sequence that the caller knows.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Done when <see cref="LastSequence"/> is above it, at once where it is.</returns>
    Task WaitForSequenceAsync(long above, CancellationToken stopping);

    /// <summary>Reads every cursor that was saved.</summary>
    /// <returns>One a rank; of each group only the world and the order that were saved last.</returns>
    IReadOnlyList<RankCursor> LoadCursors();

    /// <summary>Saves cursors, forward or back, durable when the task ends.</summary>
    /// <param name="cursors">At most one a rank of a group. Other ranks stay as they are when
    /// world and order are theirs, and are forgotten when not.</param>
    /// <param name="stopping">Ends the wait for the turn.</param>
    /// <returns>Done when they are on the disk.</returns>
    Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping);

    /// <summary>Forgets a group with all its cursors, durable when the task ends.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="stopping">Ends the wait for the turn.</param>
    /// <returns>Done when they are gone from the disk.</returns>
    Task ForgetGroupAsync(string group, CancellationToken stopping);

    /// <summary>Reads every boundary: a sequence after which the blocks of shuffled orders end early.</summary>
    /// <returns>Ascending; owned by the caller.</returns>
    IReadOnlyList<long> LoadBoundaries();

    /// <summary>Adds a boundary, durable when the task ends; one that is there already changes nothing.</summary>
    /// <param name="sequence">The newest sample's sequence.</param>
    /// <param name="stopping">Ends the wait for the turn.</param>
    /// <returns>Done when it is on the disk.</returns>
    Task AddBoundaryAsync(long sequence, CancellationToken stopping);
}
