using Engine.Items;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: a rank is told of the end when, and only when, it has acknowledged all there will ever be.</summary>
public sealed class DeliveryEndTests : IAsyncDisposable
{
    private readonly MemorySampleLog _log = new();
    private readonly DeliveryHub _hub;

    public DeliveryEndTests() => _hub = new DeliveryHub(_log, new DeliverOptions(), new ManualClock());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Rank_ends_with_its_last_acknowledgement_and_not_with_those_of_others()
    {
        _log.Add(7);
        using RankLink zero = _hub.Attach("train", new RankShare(0, 2));
        using RankLink one = _hub.Attach("train", new RankShare(1, 2));
        zero.Ack(6);
        bool isEarly = zero.Ended.IsCompleted;

        await _hub.EndAsync(Token);
        one.Ack(5);
        bool hasOneEnded = one.Ended.IsCompleted;
        one.Ack(7);

        Assert.False(isEarly || hasOneEnded);
        Assert.Equal(LinkEnd.Ended, await zero.Ended.WaitAsync(Token));
        Assert.Equal(LinkEnd.Ended, await one.Ended.WaitAsync(Token));
        Assert.Equal([7, 7], new[] { zero.Cursor, one.Cursor });
    }

    [Fact]
    public async Task Rank_that_comes_after_the_end_gets_what_it_lacks_and_then_ends()
    {
        _log.Add(3);
        await _hub.EndAsync(Token);
        using RankLink late = _hub.Attach("train", new RankShare(0, 1), order: new DeliveryOrder(2, 1));
        bool isEarly = late.Ended.IsCompleted;

        Lent<PlacedSample> all = await late.NextAsync(10, long.MaxValue, Token);
        late.Ack(3);
        using RankLink again = _hub.Attach("train", new RankShare(0, 1), order: new DeliveryOrder(2, 1));

        Assert.False(isEarly);
        Assert.Equal(3, all.Count);
        Assert.Equal(LinkEnd.Ended, await late.Ended.WaitAsync(Token));
        Assert.Equal(LinkEnd.Ended, await again.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task Plan_that_made_nothing_ends_everybody_at_once_and_writes_no_boundary()
    {
        using RankLink link = _hub.Attach("train", new RankShare(0, 1));

        await _hub.EndAsync(Token);

        Assert.Equal(LinkEnd.Ended, await link.Ended.WaitAsync(Token));
        Assert.Empty(_log.LoadBoundaries());
    }
}
