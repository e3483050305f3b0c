namespace Engine.Pipeline.Deliver;

/// <summary>What the hub knows at one moment.</summary>
/// <param name="StreamId">The log's name.</param>
/// <param name="LastSequence">The newest sample's sequence.</param>
/// <param name="BlockedBy">The group for which the line waits now; null when it does not wait.</param>
/// <param name="CursorSaveError">Why cursors could not be saved the last time; null when they were.</param>
/// <param name="Groups">Every registered group, by name.</param>
public sealed record DeliverSnapshot(
    string StreamId, long LastSequence, string? BlockedBy, string? CursorSaveError,
    IReadOnlyList<GroupSnapshot> Groups);
