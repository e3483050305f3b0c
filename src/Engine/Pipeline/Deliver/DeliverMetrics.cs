using System.Diagnostics.Metrics;
using Engine.Flow;

namespace Engine.Pipeline.Deliver;

/// <summary>What delivery counts. Labels: the group's name (at most groups_max of them), the rank, a fixed outcome.
/// </summary>
internal static class DeliverMetrics
{
    /// <summary>The meter's name, for exporters.</summary>
    internal const string MeterName = "Headwater.Deliver";

    /// <summary>The hubs that live, for the gauges. Here, so that the first hub also makes the instruments.</summary>
    internal static readonly Living<DeliveryHub> Hubs = new();

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> SamplesTotal = Meter.CreateCounter<long>(
        "headwater.deliver.samples", "{item}", "Samples sent to a group, those sent again included.");
    private static readonly Counter<long> SentTotal = Meter.CreateCounter<long>(
        "headwater.deliver.sent", "By", "Bytes of the frames that carried samples.");
    private static readonly Counter<long> AcksTotal = Meter.CreateCounter<long>(
        "headwater.deliver.acks", "{ack}", "Acknowledgements that moved a cursor.");
    private static readonly Counter<long> DetachedTotal = Meter.CreateCounter<long>(
        "headwater.deliver.detached", "{event}", "Times the line stopped waiting for a group that had gone.");
    private static readonly Counter<long> CursorSavesTotal = Meter.CreateCounter<long>(
        "headwater.deliver.cursor.saves", "{write}", "Writes of cursors to the store, by outcome: ok or failed.");

    static DeliverMetrics()
    {
        Meter.CreateObservableUpDownCounter(
            "headwater.deliver.connections", () => Groups().Select(Connections), "{connection}",
            "Ranks of a group that are connected.");
        Meter.CreateObservableUpDownCounter(
            "headwater.deliver.dead_ranks", () => Groups().Select(Dead), "{rank}",
            "Ranks that have not been connected for rank_lease while others of their group were.");
        Meter.CreateObservableGauge(
            "headwater.deliver.lag.items", () => Groups().SelectMany(Lags), "{item}",
            "Samples stored and not acknowledged by a rank.");
        Meter.CreateObservableCounter(
            "headwater.deliver.blocked", () => Groups().Select(Blocked), "s",
            "Time for which the line waited because of a group.");
    }

    internal static void Sent(string group, int samples, long bytes)
    {
        SamplesTotal.Add(samples, Group(group));
        SentTotal.Add(bytes, Group(group));
    }

    internal static void Acked(string group) => AcksTotal.Add(1, Group(group));

    internal static void Detached(string group) => DetachedTotal.Add(1, Group(group));

    internal static void CursorsSaved(bool isSaved) =>
        CursorSavesTotal.Add(1, new KeyValuePair<string, object?>("outcome", isSaved ? "ok" : "failed"));

    private static IEnumerable<GroupSnapshot> Groups() =>
        Hubs.Now().SelectMany(hub => hub.Snapshot().Groups.Select(
            group => group with { Name = hub.Log.Scope + group.Name }));

    private static KeyValuePair<string, object?> Group(string name) => new("group", name);

    private static Measurement<int> Connections(GroupSnapshot group) => new(group.Connections, Group(group.Name));

    private static Measurement<int> Dead(GroupSnapshot group) => new(group.DeadRanks.Count, Group(group.Name));

    private static Measurement<double> Blocked(GroupSnapshot group) =>
        new(group.Blocked.TotalSeconds, Group(group.Name));

    private static IEnumerable<Measurement<long>> Lags(GroupSnapshot group) => group.LagByRank
        .Select((lag, rank) => new Measurement<long>(lag, Group(group.Name), new("rank", rank)));
}
