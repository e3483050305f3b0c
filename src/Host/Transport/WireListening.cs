using System.Net;
using System.Net.Sockets;
using Engine.Pipeline.Deliver;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Host.Transport;

/// <summary>Puts the server behind Kestrel's listeners.</summary>
public static class WireListening
{
    /// <summary>Adds the server, and makes Unix sockets with the mode that the options say.</summary>
    /// <param name="services">The web application's services.</param>
    /// <param name="hub">The groups and the samples; owned by the caller.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="clock">Times handshakes, heartbeats and silence.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddWireServer(
        this IServiceCollection services, DeliveryHub hub, TransportOptions options, TimeProvider clock)
    {
        services.AddSingleton(provider => new WireServer(
            hub, options, clock, provider.GetRequiredService<ILogger<WireServer>>()));
        services.Configure<SocketTransportOptions>(transport =>
        {
            transport.MaxWriteBufferSize = 1 << 20;
            Func<EndPoint, Socket> bind = transport.CreateBoundListenSocket;
            transport.CreateBoundListenSocket = endPoint => endPoint is UnixDomainSocketEndPoint unix
                ? UnixSocketFile.Bind(unix, options.ToSocketMode())
                : bind(endPoint);
        });
        return services;
    }

    /// <summary>Listens on every address of the options.</summary>
    /// <param name="kestrel">Kestrel's options.</param>
    /// <param name="options">The options given to <see cref="AddWireServer"/>.</param>
    public static void ListenWire(this KestrelServerOptions kestrel, TransportOptions options)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(options);
        foreach (WireAddress address in options.Listen.Select(WireAddress.Parse))
        {
            kestrel.Listen(address.ToEndPoint(), listen => listen.UseConnectionHandler<WireConnectionHandler>());
        }
    }
}
