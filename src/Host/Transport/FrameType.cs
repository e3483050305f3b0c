namespace Host.Transport;

/// <summary>The first element of every frame. docs/spec/wire.md has the fields of each.</summary>
public enum FrameType
{
    /// <summary>Client: who it is and where it wants to go on. The first frame, once.</summary>
    Hello = 1,

    /// <summary>Server: the answer to a hello that it accepts.</summary>
    Welcome = 2,

    /// <summary>Client: so many more frames and bytes may be sent.</summary>
    Credit = 3,

    /// <summary>Server: one sample.</summary>
    Sample = 4,

    /// <summary>Client: everything of a share up to a position is done.</summary>
    Ack = 5,

    /// <summary>Either side: still here.</summary>
    Heartbeat = 6,

    /// <summary>Server: the last frame, and why.</summary>
    GoAway = 7,

    /// <summary>Client: how much of which categories it wants.</summary>
    Demand = 8,
}
