namespace Host.Transport;

/// <summary>Why a connection ended; the first cause wins.</summary>
/// <param name="Reason">From a small fixed set; the label of the metric.</param>
/// <param name="Code">What the peer is told; null when there is nobody to tell.</param>
/// <param name="Message">The value and the bound, for a person.</param>
internal sealed record ConnectionEnd(string Reason, GoAwayCode? Code, string Message)
{
    /// <summary>The peer closed its side between two frames.</summary>
    public static ConnectionEnd Closed { get; } = new("client_closed", Code: null, "The client closed the connection.");

    /// <summary>The peer was gone in the middle of a frame, or its connection was reset.</summary>
    public static ConnectionEnd Vanished { get; } =
        new("client_vanished", Code: null, "The client vanished in the middle of a frame, or reset the connection.");

    /// <summary>The server ends the connection and says so.</summary>
    public static ConnectionEnd Away(GoAwayCode code, string message) => new(code.Name(), code, message);
}
