using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Host.Transport;

/// <summary>Where a socket is: <c>tcp://host:port</c>, <c>tls://host:port</c> or <c>unix:/path</c>.</summary>
public sealed record WireAddress
{
    private const string Tcp = "tcp://";
    private const string Tls = "tls://";
    private const string Unix = "unix:";
    private const int UnixPathBytesMax = 107; // sun_path, without the zero at its end

    private WireAddress(string? host, int port, string? path, bool isTls) =>
        (Host, Port, Path, IsTls) = (host, port, path, isTls);

    /// <summary>An address or a name; null for a Unix socket.</summary>
    public string? Host { get; }

    /// <summary>0 to 65,535; 0 lets the system choose when it is listened on.</summary>
    public int Port { get; }

    /// <summary>The Unix socket's path, absolute; null for TCP.</summary>
    public string? Path { get; }

    /// <summary>Whether what goes over it is encrypted, and the server shows a certificate.</summary>
    public bool IsTls { get; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLocal => Path is not null || (Ip is { } ip && IPAddress.IsLoopback(ip));

    /// <summary>The host as an address, <c>localhost</c> as 127.0.0.1, or null.</summary>
    public IPAddress? Ip => Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out IPAddress? ip) ? ip : null;

    /// <summary>Reads an address.</summary>
    /// <param name="text"><c>tcp://127.0.0.1:7700</c>, <c>tls://[::1]:7700</c> or <c>unix:/run/it.sock</c>.</param>
    /// <param name="address">The address, or null.</param>
    /// <returns>Null when it is one, else what is wrong with it.</returns>
    public static string? ProblemWith(string text, out WireAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            string path = text[Unix.Length..];
            int bytes = Encoding.UTF8.GetByteCount(path);
            if (!path.StartsWith('/') || bytes > UnixPathBytesMax)
            {
                return $"'{text}' names no Unix socket; the path must start with / and have at most "
                    + $"{UnixPathBytesMax} bytes";
            }

            address = new WireAddress(host: null, port: 0, path, isTls: false);
            return null;
        }

        int colon = text.LastIndexOf(':');
        bool isTls = text.StartsWith(Tls, StringComparison.Ordinal);
        if ((!isTls && !text.StartsWith(Tcp, StringComparison.Ordinal)) || colon <= Tcp.Length
            || !ushort.TryParse(
                text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || Uri.CheckHostName(text[Tcp.Length..colon]) == UriHostNameType.Unknown)
        {
            return $"'{text}' is no address; it must be tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH";
        }

        address = new WireAddress(text[Tcp.Length..colon].Trim('[', ']'), port, path: null, isTls);
        return null;
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">See <see cref="ProblemWith"/>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">It is none; the message says why.</exception>
    public static WireAddress Parse(string text) =>
        ProblemWith(text, out WireAddress? address) is { } problem ? throw new ArgumentException(problem) : address!;

    /// <summary>The end point to connect to.</summary>
    /// <returns>A DNS name stays a name.</returns>
    public EndPoint ToEndPoint() => Path is not null ? new UnixDomainSocketEndPoint(Path)
        : Ip is { } ip ? new IPEndPoint(ip, Port) : new DnsEndPoint(Host!, Port);

    /// <inheritdoc/>
    public override string ToString()
    {
        string scheme = IsTls ? Tls : Tcp;
        return Path is not null ? Unix + Path
            : Host!.Contains(':', StringComparison.Ordinal) ? $"{scheme}[{Host}]:{Port}" : $"{scheme}{Host}:{Port}";
    }
}
