using Engine.Items;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: what ranks ask for is one value: merged fairly, the same until it changes, gone with who asked.
/// </summary>
public sealed class DemandTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly DeliveryHub _hub;

    public DemandTests() => _hub = new DeliveryHub(new MemorySampleLog(), new DeliverOptions(), _clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public void Mean_over_the_ranks_that_asked_and_then_over_the_groups()
    {
        using RankLink zero = _hub.Attach("a", new RankShare(0, 3));
        using RankLink one = _hub.Attach("a", new RankShare(1, 3));
        using RankLink silent = _hub.Attach("a", new RankShare(2, 3));
        using RankLink other = _hub.Attach("b", new RankShare(0, 1));
        zero.Demand(new Dictionary<string, double> { ["yak"] = 300, ["towel"] = 100 }); // 1.5 and 0.5
        one.Demand(new Dictionary<string, double> { ["yak"] = 1 }); // 1, and 1 for what it does not name
        other.Demand(new Dictionary<string, double> { ["fork"] = 0, ["yak"] = 2 }); // 0 and 2

        Demand merged = _hub.Demand;

        Assert.Equal(
            [("fork", 0.5), ("towel", 0.875), ("yak", 1.625)],
            merged.Weights.OrderBy(at => at.Key, StringComparer.Ordinal).Select(at => (at.Key, at.Value)));
        Assert.Same(merged, _hub.Demand);
    }

    [Fact]
    public void Newest_counts_and_nothing_or_only_zeros_takes_it_back()
    {
        using RankLink link = _hub.Attach("a", new RankShare(0, 1));
        link.Demand(new Dictionary<string, double> { ["yak"] = 3, ["towel"] = 1 });
        link.Demand(new Dictionary<string, double> { ["yak"] = 1, ["towel"] = 1 });
        double newest = _hub.Demand.Weights["yak"];
        link.Demand(new Dictionary<string, double> { ["yak"] = 0 });

        Assert.Equal(1, newest);
        Assert.Same(Demand.None, _hub.Demand);
    }

    [Fact]
    public async Task Demand_outlives_a_short_absence_and_ends_with_the_lease_and_with_the_group()
    {
        Dictionary<string, double> weights = new() { ["yak"] = 3, ["towel"] = 1 };
        RankLink link = _hub.Attach("a", new RankShare(0, 1));
        link.Demand(weights);
        link.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(59));
        bool isKept = _hub.Demand.Weights.Count == 2;
        _clock.Advance(TimeSpan.FromSeconds(1));
        bool isGone = ReferenceEquals(_hub.Demand, Demand.None);
        using RankLink again = _hub.Attach("a", new RankShare(0, 1));
        again.Demand(weights);
        bool isBack = _hub.Demand.Weights.Count == 2;

        await _hub.RemoveAsync("a", Token);

        Assert.True(isKept && isGone && isBack);
        Assert.Same(Demand.None, _hub.Demand);
    }

    [Fact]
    public void Replaced_link_may_not_ask()
    {
        using RankLink old = _hub.Attach("a", new RankShare(0, 1));
        using RankLink young = _hub.Attach("a", new RankShare(0, 1));

        old.Demand(new Dictionary<string, double> { ["yak"] = 3 });

        Assert.Same(Demand.None, _hub.Demand);
    }
}
