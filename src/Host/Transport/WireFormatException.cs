namespace Host.Transport;

/// <summary>The peer broke the protocol. Only its own connection is concerned.</summary>
/// <param name="code">How.</param>
/// <param name="message">The value and the bound, for the peer's operator.</param>
public sealed class WireFormatException(GoAwayCode code, string message) : Exception(message)
{
    /// <summary>How the protocol was broken.</summary>
    public GoAwayCode Code => code;
}
