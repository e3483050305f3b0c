namespace Engine.Pipeline.Deliver;

/// <summary>The accepted samples in order, and the consumers' cursors. Many readers may call it at once.</summary>
public interface ISampleLog
{
    /// <summary>Names the log, so that a cursor is never used on another one; 1 to 64 of [0-9a-zA-Z_-].</summary>
    string StreamId { get; }

    /// <summary>The newest sample's sequence; 0 when there is none. Never falls.</summary>
    long LastSequence { get; }

    /// <summary>Reads the next samples of a share.</summary>
    /// <param name="afterSequence">Samples after this one, from 0.</param>
    /// <param name="share">Whose samples.</param>
    /// <param name="itemsMax">At most so many, from 1.</param>
    /// <param name="bytesMax">At most so many bytes, but always one sample where there is one.</param>
    /// <param name="stopping">Ends the read.</param>
    /// <returns>In sequence; empty only when the share has nothing newer. Owned by the caller.</returns>
    ValueTask<IReadOnlyList<LoggedSample>> ReadAsync(
        long afterSequence, RankShare share, int itemsMax, long bytesMax, CancellationToken stopping);

    /// <summary>Waits for newer samples.</summary>
    /// <param name="above">The newest sequence that the caller knows.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Done when <see cref="LastSequence"/> is above it, at once where it is.</returns>
    Task WaitForSequenceAsync(long above, CancellationToken stopping);

    /// <summary>Reads every cursor that was saved.</summary>
    /// <returns>One a rank; of each group only the world that was saved last.</returns>
    IReadOnlyList<RankCursor> LoadCursors();

    /// <summary>Saves cursors, forward or back, durable when the task ends.</summary>
    /// <param name="cursors">At most one a rank of a group. Other ranks of the same world stay as they are.</param>
    /// <param name="stopping">Ends the wait for the turn.</param>
    /// <returns>Done when they are on the disk.</returns>
    Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping);

    /// <summary>Forgets a group with all its cursors, durable when the task ends.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="stopping">Ends the wait for the turn.</param>
    /// <returns>Done when they are gone from the disk.</returns>
    Task ForgetGroupAsync(string group, CancellationToken stopping);
}
