namespace Host.Transport;

/// <summary>The server ended the connection and said why.</summary>
/// <param name="away">Its last frame.</param>
public sealed class WireClosedException(GoAwayFrame away)
    : IOException($"The server ended the connection ({away.Code.Name()}): {away.Message}")
{
    /// <summary>The server's last frame.</summary>
    public GoAwayFrame Away => away;

    /// <summary>Whether connecting again changes nothing.</summary>
    public bool IsFinal => away.Code.IsFinal();
}
