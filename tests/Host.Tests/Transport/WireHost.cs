using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Host.Tests.Transport;

/// <summary>A server on real sockets of this machine, over a log in memory.</summary>
internal sealed class WireHost : IAsyncDisposable
{
    private WireHost(DeliveryHub hub, MemorySampleLog log, WireListener listener) =>
        (Hub, Log, Listener) = (hub, log, listener);

    public DeliveryHub Hub { get; }

    public MemorySampleLog Log { get; }

    public WireListener Listener { get; }

    public WireAddress Address => Listener.Addresses[0];

    public static async Task<WireHost> StartAsync(
        string listen = "tcp://127.0.0.1:0", MemorySampleLog? log = null, TransportOptions? options = null)
    {
        log ??= new MemorySampleLog();
        DeliveryHub hub = new(log, new DeliverOptions(), TimeProvider.System);
        TransportOptions own = (options ?? new TransportOptions()) with { Listen = [listen] };
        return new WireHost(
            hub, log, await WireListener.StartAsync(hub, own, TimeProvider.System, NullLoggerFactory.Instance));
    }

    public WireClientOptions ClientOptions(string group = "train") => new()
    {
        Address = Address, Group = group, RetryDelayFirst = TimeSpan.FromMilliseconds(1),
    };

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await Hub.DisposeAsync();
    }
}
