using System.Net;

namespace Host.Transport;

/// <summary>How many connections each address of the network has, and opened lately. Bounded; safe from several
/// threads.</summary>
internal sealed class PeerTable(TransportOptions options, TimeProvider clock)
{
    /// <summary>Addresses remembered at most; a stranger beyond them is told to come back.</summary>
    internal const int PeersMax = 65_536;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Open, int Opened, long Since)> _peers = []; // Guarded by _gate.

    /// <summary>Addresses remembered now.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _peers.Count;
            }
        }
    }

    /// <summary>Counts a connection in. Every call is followed by one of <see cref="Leave"/>, whatever it returns.
    /// </summary>
    /// <param name="peer">The client's address.</param>
    /// <returns>Why it may not come in; null when it may.</returns>
    public string? Enter(IPAddress peer)
    {
        lock (_gate)
        {
            if (!_peers.ContainsKey(peer) && _peers.Count >= PeersMax && !Forget())
            {
                return $"{PeersMax} addresses opened connections within {Window.TotalSeconds} s, which is the most.";
            }

            (int open, int opened, long since) = _peers.GetValueOrDefault(peer, (0, 0, clock.GetTimestamp()));
            if (clock.GetElapsedTime(since) >= Window)
            {
                (opened, since) = (0, clock.GetTimestamp());
            }

            _peers[peer] = (open + 1, opened + 1, since);
            return open >= options.PeerConnectionsMax
                ? $"{peer} has {open} connections open; peer_connections_max is {options.PeerConnectionsMax}."
                : opened >= options.PeerOpensPerMinuteMax
                    ? $"{peer} opened {opened} connections within a minute; peer_opens_per_minute_max is "
                        + $"{options.PeerOpensPerMinuteMax}."
                    : null;
        }
    }

    /// <summary>Counts a connection out.</summary>
    public void Leave(IPAddress peer)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(peer, out (int Open, int Opened, long Since) of))
            {
                _peers[peer] = of with { Open = of.Open - 1 };
            }
        }
    }

    /// <summary>Forgets who has nothing open and opened nothing lately.</summary>
    /// <returns>Whether there was any.</returns>
    private bool Forget()
    {
        IPAddress[] gone =
        [
            .. _peers.Where(peer => peer.Value.Open == 0 && clock.GetElapsedTime(peer.Value.Since) >= Window)
                .Select(peer => peer.Key),
        ];
        Array.ForEach(gone, peer => _peers.Remove(peer));
        return gone.Length > 0;
    }
}
