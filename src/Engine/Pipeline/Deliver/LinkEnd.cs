namespace Engine.Pipeline.Deliver;

/// <summary>Why the hub ended a link.</summary>
public enum LinkEnd
{
    /// <summary>A newer connection took the same rank of the same group.</summary>
    Replaced,

    /// <summary>The group was removed.</summary>
    Removed,

    /// <summary>The plan has ended and the rank has acknowledged all of its samples.</summary>
    Ended,

    /// <summary>The hub was closed.</summary>
    Closed,
}
