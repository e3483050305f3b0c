using System.Diagnostics.Metrics;

namespace Engine.Runtimes.Remote;

internal sealed partial class RemoteClient
{
    private static readonly Meter Meter = new("Headwater.Generate");

    private static readonly Counter<long> RetriesTotal = Meter.CreateCounter<long>(
        "headwater.remote.retries", "{retry}", "Requests made again, by how the one before ended.");

    private readonly KeyValuePair<string, object?> _generator;
}
