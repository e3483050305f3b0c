using System.Net;
using System.Net.Sockets;
using Engine.Pipeline.Deliver;
using Host.Lifecycle;
using Host.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Host.Transport;

/// <summary>The server behind its listeners, which are Kestrel's, apart from those for HTTP.</summary>
public sealed class WireListener : IAsyncDisposable
{
    private const long SendBufferBytes = 1 << 20; // Of the pipe that only TLS goes through.
    private const int HandshakesMax = 256;

    private readonly WebApplication _app;

    private WireListener(WebApplication app, WireServer server) => (_app, Server) = (app, server);

    /// <summary>What serves the connections.</summary>
    public WireServer Server { get; }

    /// <summary>Where it listens, in the order of the options, with the ports that were taken.</summary>
    public IReadOnlyList<WireAddress> Addresses =>
    [
        .. _app.Urls.Select(url => WireAddress.Parse(url
            .Replace("http://unix:", "unix:", StringComparison.Ordinal)
            .Replace("http://", "tcp://", StringComparison.Ordinal)
            .Replace("https://", "tls://", StringComparison.Ordinal))),
    ];

    /// <summary>Starts to listen on every address of the options.</summary>
    /// <param name="hub">The groups and the samples; owned by the caller, and outlives the listener.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="clock">Times handshakes, heartbeats and silence.</param>
    /// <param name="logs">Told of each connection that opens and ends.</param>
    /// <returns>The listener, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    /// <exception cref="InvalidDataException">The certificate or its key cannot be used.</exception>
    /// <exception cref="AddressTakenException">An address cannot be listened on.</exception>
    public static async Task<WireListener> StartAsync(
        DeliveryHub hub, TransportOptions options, TimeProvider clock, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ILogger<WireServer> log = logs.CreateLogger<WireServer>();
        ServerIdentity? identity = options.Tls is null
            ? null
            : ServerIdentity.Read(options.Tls, clock, line => log.LogWarning("{Line}", line));
        WireServer server = new(hub, options, clock, log);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(server);
        builder.Services.Configure<SocketTransportOptions>(sockets => Configure(sockets, options));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options, identity));
        WebApplication app = builder.Build();
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return new WireListener(app, server);
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            server.Dispose();
            throw new AddressTakenException(string.Join(", ", options.Listen), cause);
        }
    }

    /// <summary>Says goodbye to every client, waits until they have left, and stops listening.</summary>
    /// <param name="stopping">Ends the wait; connections are then cut.</param>
    /// <returns>Done when nobody is connected.</returns>
    public async Task DrainAsync(CancellationToken stopping)
    {
        await Server.DrainAsync(stopping).ConfigureAwait(false);
        await _app.StopAsync(stopping).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        Server.Dispose();
    }

    private static void Configure(SocketTransportOptions sockets, TransportOptions options)
    {
        sockets.MaxWriteBufferSize = SendBufferBytes;
        Func<EndPoint, Socket> bind = sockets.CreateBoundListenSocket;
        sockets.CreateBoundListenSocket = endPoint => endPoint is UnixDomainSocketEndPoint unix
            ? UnixSocketFile.Bind(unix, options.ToSocketMode())
            : bind(endPoint);
    }

    private static void Listen(KestrelServerOptions kestrel, TransportOptions options, ServerIdentity? identity)
    {
        // Those whose TLS handshake is under way count nowhere else.
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax + HandshakesMax;
        foreach (string text in options.Listen)
        {
            WireAddress address = WireAddress.Parse(text);
            kestrel.Listen(address.ToEndPoint(), listen =>
            {
                if (address.IsTls)
                {
                    identity!.Guard(listen, options.HandshakeTimeout);
                }

                listen.UseConnectionHandler<WireConnectionHandler>();
            });
        }
    }
}
