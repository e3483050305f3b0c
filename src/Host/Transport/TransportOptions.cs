using System.Text;
using Engine.Options;
using Host.Tls;

namespace Host.Transport;

/// <summary>The sockets that samples leave by. Immutable.</summary>
public sealed record TransportOptions : ICheckedOptions
{
    private const int TokenBytesMin = 16;

    /// <summary>
    /// Where to listen: <c>tcp://ADDRESS:PORT</c>, <c>tls://ADDRESS:PORT</c> or <c>unix:/PATH</c>, at most 16; empty
    /// for nowhere. Default <c>tcp://127.0.0.1:7700</c>.
    /// </summary>
    public string[] Listen { get; init; } = ["tcp://127.0.0.1:7700"];

    /// <summary>What every client must show, 16 to 256 UTF-8 bytes; null for none. Default null.</summary>
    public string? Token { get; init; }

    /// <summary>The certificate of the <c>tls://</c> addresses; needed for one. Default none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Lets an address be listened on that other machines reach without TLS, or without a token and client
    /// certificates. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Mode of a Unix socket's file, octal: who may write to it may connect. Default 0600.</summary>
    public string SocketMode { get; init; } = "0600";

    /// <summary>Connections at once, those without a hello included. 1 to 65,536. Default 256.</summary>
    public int ConnectionsMax { get; init; } = 256;

    /// <summary>Of them, from one address of the network. Unix sockets do not count. 1 to 65,536. Default 256.
    /// </summary>
    public int PeerConnectionsMax { get; init; } = 256;

    /// <summary>Connections that one address of the network may open in a minute. 1 to 1,000,000. Default 1,200.
    /// </summary>
    public int PeerOpensPerMinuteMax { get; init; } = 1200;

    /// <summary>Frames of a client in a second. 10 to 100,000,000. Default 500,000.</summary>
    public int ClientFramesPerSecondMax { get; init; } = 500_000;

    /// <summary>Largest sample (picture, mask and JSON). In bytes, 4 KiB to 1 GiB. Default 32 MiB.</summary>
    public long SampleBytesMax { get; init; } = 32L << 20;

    /// <summary>How long a client may take for its hello. 100 ms to 1 min. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silent side shows itself. Whole seconds, 1 to 600. Default 10 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client that was not heard of, or did not take bytes, for so long is disconnected.</summary>
    /// <remarks>Two heartbeats to 1 day. Default 1 min.</remarks>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>After a GOAWAY the client has so long to acknowledge and close. 100 ms to 1 min. Default 2 s.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest payload of a frame that carries a sample. In bytes.</summary>
    internal int FrameBytesMax => (int)SampleBytesMax + WireLimits.SampleOverheadBytesMax;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [.. Addresses(), .. Secrets(), .. Sizes(), .. Times()];

    /// <summary>The mode that <see cref="SocketMode"/> says.</summary>
    /// <returns>A mode of owner, group and others.</returns>
    public UnixFileMode ToSocketMode() => (UnixFileMode)Convert.ToInt32(SocketMode, 8);

    private IEnumerable<OptionProblem> Addresses()
    {
        if (Listen.Length > 16)
        {
            yield return new(nameof(Listen), $"has {Listen.Length} addresses; it must have at most 16");
        }

        foreach (string text in Listen)
        {
            if (WireAddress.ProblemWith(text, out WireAddress? address) is { } problem)
            {
                yield return new(nameof(Listen), $"has an entry that is wrong: {problem}");
            }
            else if (address!.Path is null && address.Ip is null)
            {
                yield return new(
                    nameof(Listen), $"has '{text}'; the host to listen on must be an IP address or localhost");
            }
            else if (address.IsTls && Tls is null)
            {
                yield return new(nameof(Listen), $"has '{text}', which needs a certificate: a tls section");
            }
            else if (!address.IsLocal && !AllowInsecure && Exposed(address) is { } missing)
            {
                yield return new(
                    nameof(Listen), $"has '{text}', which other machines reach, but {missing}, or set allow_insecure");
            }
        }
    }

    private string? Exposed(WireAddress address) =>
        !address.IsTls ? "without TLS; use tls:// with a tls section"
        : Token is null && Tls!.ClientAuthority is null ? "there is no token; set token, or tls.client_authority"
        : null;

    private IEnumerable<OptionProblem> Secrets()
    {
        int bytes = Token is null ? TokenBytesMin : Encoding.UTF8.GetByteCount(Token);
        if (bytes is < TokenBytesMin or > WireLimits.TokenBytesMax)
        {
            yield return new(
                nameof(Token), $"has {bytes} bytes; it must have {TokenBytesMin} to {WireLimits.TokenBytesMax}");
        }

        if (SocketMode.Length is < 3 or > 4 || SocketMode.AsSpan().ContainsAnyExceptInRange('0', '7')
            || Convert.ToInt32(SocketMode, 8) > 0b111_111_111)
        {
            yield return new(nameof(SocketMode), $"is '{SocketMode}'; it must be three octal digits, such as 0660");
        }
    }

    private IEnumerable<OptionProblem> Sizes()
    {
        if (ConnectionsMax is < 1 or > 65_536)
        {
            yield return new(nameof(ConnectionsMax), $"is {ConnectionsMax}; it must be 1 to 65536 connections");
        }

        if (PeerConnectionsMax is < 1 or > 65_536)
        {
            yield return new(nameof(PeerConnectionsMax), $"is {PeerConnectionsMax}; it must be 1 to 65536 connections");
        }

        if (PeerOpensPerMinuteMax is < 1 or > 1_000_000)
        {
            yield return new(
                nameof(PeerOpensPerMinuteMax), $"is {PeerOpensPerMinuteMax}; it must be 1 to 1000000 connections");
        }

        if (ClientFramesPerSecondMax is < 10 or > 100_000_000)
        {
            yield return new(
                nameof(ClientFramesPerSecondMax), $"is {ClientFramesPerSecondMax}; it must be 10 to 100000000 frames");
        }

        if (SampleBytesMax is < 4096 or > 1L << 30)
        {
            yield return new(nameof(SampleBytesMax), $"is {SampleBytesMax}; it must be 4096 to 1073741824 bytes");
        }
    }

    private IEnumerable<OptionProblem> Times()
    {
        if (HandshakeTimeout < TimeSpan.FromMilliseconds(100) || HandshakeTimeout > TimeSpan.FromMinutes(1))
        {
            yield return new(nameof(HandshakeTimeout), $"is {HandshakeTimeout}; it must be 100 ms to 1 min");
        }

        if (HeartbeatInterval < TimeSpan.FromSeconds(1) || HeartbeatInterval > TimeSpan.FromMinutes(10)
            || HeartbeatInterval.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            yield return new(
                nameof(HeartbeatInterval), $"is {HeartbeatInterval}; it must be whole seconds, 1 s to 10 min");
        }

        if (IdleTimeout < 2 * HeartbeatInterval || IdleTimeout > TimeSpan.FromDays(1))
        {
            yield return new(
                nameof(IdleTimeout), $"is {IdleTimeout}; it must be two heartbeats ({2 * HeartbeatInterval}) to 1 day");
        }

        if (LeaveTimeout < TimeSpan.FromMilliseconds(100) || LeaveTimeout > TimeSpan.FromMinutes(1))
        {
            yield return new(nameof(LeaveTimeout), $"is {LeaveTimeout}; it must be 100 ms to 1 min");
        }
    }
}
