namespace Host.Transport;

/// <summary>Why a server ends a connection. Below 32: come back later. From 32 on: that changes nothing.</summary>
public enum GoAwayCode
{
    /// <summary>The daemon is going down; go on at the resume cursor when it is back.</summary>
    Draining = 1,

    /// <summary>The daemon has as many connections as it may have.</summary>
    ConnectionsFull = 2,

    /// <summary>No complete hello came in time.</summary>
    HandshakeTimeout = 3,

    /// <summary>The client was not heard of for the idle time.</summary>
    Idle = 4,

    /// <summary>Ranks of another world are still connected for the group.</summary>
    WorldMismatch = 5,

    /// <summary>The daemon failed; its log says how.</summary>
    Internal = 6,

    /// <summary>The client did not take what it gave credit for. Never on the wire: nobody reads it.</summary>
    Stalled = 7,

    /// <summary>Ranks with another order are still connected for the group.</summary>
    OrderMismatch = 8,

    /// <summary>The client sent more frames in a second than it may.</summary>
    TooFast = 9,

    /// <summary>A frame is not what the specification says.</summary>
    Malformed = 32,

    /// <summary>A frame is longer than the cap.</summary>
    FrameTooLarge = 33,

    /// <summary>A frame came that this state does not allow.</summary>
    UnexpectedFrame = 34,

    /// <summary>The client speaks another version.</summary>
    VersionUnsupported = 35,

    /// <summary>The token is missing or wrong.</summary>
    Unauthorized = 36,

    /// <summary>A hello's group, rank, world or order is out of range.</summary>
    InvalidHello = 37,

    /// <summary>No more groups may be registered.</summary>
    GroupsFull = 38,

    /// <summary>The cursor lies beyond the last position.</summary>
    CursorAhead = 39,

    /// <summary>The cursor belongs to another stream.</summary>
    StreamChanged = 40,

    /// <summary>A newer connection took the rank.</summary>
    Replaced = 41,

    /// <summary>The group was removed.</summary>
    Removed = 42,

    /// <summary>More credit was given than an account holds.</summary>
    CreditOverflow = 43,

    /// <summary>A position was acknowledged that there is not yet.</summary>
    AckAhead = 44,

    /// <summary>The next sample is larger than the frame cap.</summary>
    SampleTooLarge = 45,

    /// <summary>The plan has ended and the rank has acknowledged all of its samples. No error.</summary>
    Ended = 46,

    /// <summary>Samples after the cursor were deleted by retention.</summary>
    CursorLost = 47,
}
