namespace Engine.Pipeline.Deliver;

/// <summary>Why the hub says no to a consumer; the fixed set behind the metric's label.</summary>
public enum DeliverRefusal
{
    /// <summary>The group's name is not 1 to 64 of [a-zA-Z0-9_.-].</summary>
    InvalidGroup,

    /// <summary>The world is out of range, or the rank is not below it.</summary>
    InvalidShare,

    /// <summary>The shuffle window or its seed is out of range.</summary>
    InvalidOrder,

    /// <summary>The hub has as many groups as it may have.</summary>
    GroupsFull,

    /// <summary>Ranks of another world are connected for the group.</summary>
    WorldMismatch,

    /// <summary>Ranks with another order are connected for the group.</summary>
    OrderMismatch,

    /// <summary>The consumer's cursor lies beyond the last position, or is negative.</summary>
    CursorAhead,

    /// <summary>Samples after the consumer's cursor were deleted by retention.</summary>
    CursorLost,

    /// <summary>The consumer's cursor belongs to another stream.</summary>
    StreamChanged,

    /// <summary>A position was acknowledged that there is not yet.</summary>
    AckAhead,

    /// <summary>The hub is closed.</summary>
    Closed,
}
