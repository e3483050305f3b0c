using System.Diagnostics.Metrics;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: what an exporter sees adds up. Method: groups named by the test, because meters are one a process.
/// </summary>
public sealed class DeliverMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_bytes_and_acknowledgements_are_counted_by_group()
    {
        using MeterTotals totals = new("Headwater.Deliver", "group", "metrics-sent");
        MemorySampleLog log = new();
        log.Add(5);
        await using DeliveryHub hub = new(log, new DeliverOptions(), TimeProvider.System);
        using RankLink link = hub.Attach("metrics-sent", new RankShare(0, 1));

        foreach (PlacedSample at in await link.NextAsync(5, long.MaxValue, Token))
        {
            link.Sent(samples: 1, bytes: 100);
            link.Ack(Math.Min(at.Sequence, 3));
        }

        Assert.Equal(5, totals["headwater.deliver.samples"]);
        Assert.Equal(500, totals["headwater.deliver.sent"]);
        Assert.Equal(3, totals["headwater.deliver.acks"]); // two of five said nothing new
    }

    [Fact]
    public async Task Lag_connections_and_the_wait_under_way_are_seen_at_a_scrape_and_end_with_the_hub()
    {
        MemorySampleLog log = new();
        ManualClock clock = new();
        DeliveryHub hub = new(log, new DeliverOptions { BacklogMaxItems = 2 }, clock);
        using RankLink link = hub.Attach("metrics-lag", new RankShare(1, 2));
        log.Add(5);
        Task waiting = new DeliverStep(hub).RunAsync(MemorySampleLog.Stored(5), Token).AsTask();
        clock.Advance(TimeSpan.FromSeconds(7));

        Dictionary<string, double> open = Scrape("metrics-lag");
        link.Ack(1);
        await hub.RemoveAsync("metrics-lag", Token);
        await waiting.WaitAsync(Token);
        await hub.DisposeAsync();

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["headwater.deliver.connections"] = 1,
                ["headwater.deliver.dead_ranks"] = 0,
                ["headwater.deliver.lag.items rank 0"] = 2,
                ["headwater.deliver.lag.items rank 1"] = 3,
                ["headwater.deliver.blocked"] = 7,
            },
            open);
        Assert.Empty(Scrape("metrics-lag"));
    }

    private static Dictionary<string, double> Scrape(string group)
    {
        Dictionary<string, double> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Meter.Name == "Headwater.Deliver" && instrument.IsObservable)
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, object?> labels = new(tags.ToArray());
            if (labels["group"] is string found && found == group)
            {
                seen[instrument.Name + (labels.TryGetValue("rank", out object? rank) ? $" rank {rank}" : "")] = value;
            }
        }

        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }
}
