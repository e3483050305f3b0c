using System.Diagnostics.Metrics;

namespace Host.Transport;

/// <summary>What the sockets count. Labels from fixed sets only.</summary>
/// <remarks>Law: <c>opened = closed + connections</c> at every quiet moment.</remarks>
internal static class TransportMetrics
{
    /// <summary>The meter's name, for exporters.</summary>
    internal const string MeterName = "Headwater.Transport";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> OpenedTotal = Meter.CreateCounter<long>(
        "headwater.transport.opened", "{connection}", "Connections accepted by the system.");
    private static readonly Counter<long> ClosedTotal = Meter.CreateCounter<long>(
        "headwater.transport.closed", "{connection}",
        "Connections ended, by reason: client_closed, client_vanished, or the name of a GOAWAY code.");
    private static readonly UpDownCounter<long> Open = Meter.CreateUpDownCounter<long>(
        "headwater.transport.connections", "{connection}", "Connections open now, with or without a hello.");

    internal static void Opened()
    {
        OpenedTotal.Add(1);
        Open.Add(1);
    }

    internal static void Closed(string reason)
    {
        ClosedTotal.Add(1, new KeyValuePair<string, object?>("reason", reason));
        Open.Add(-1);
    }
}
