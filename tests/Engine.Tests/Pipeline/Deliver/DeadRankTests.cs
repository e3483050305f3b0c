using Engine.Items;
using Engine.Pipeline.Deliver;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: a rank that is gone never stops the others in silence; reassigned, its samples reach them.</summary>
public sealed class DeadRankTests : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly MemorySampleLog _log = new();
    private readonly ManualClock _clock = new();
    private readonly List<string> _told = [];
    private DeliveryHub? _hub;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
    }

    [Fact]
    public void Dead_rank_is_told_once_and_seen_until_it_is_back()
    {
        DeliveryHub hub = Open(DeadRankPolicy.Block);
        using RankLink zero = hub.Attach("train", new RankShare(0, 2));
        _clock.Advance(Lease - TimeSpan.FromSeconds(1));
        bool isEarly = _told.Count > 0 || hub.Snapshot().Groups[0].DeadRanks.Count > 0;
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(10 * Lease);

        IReadOnlyList<int> dead = hub.Snapshot().Groups[0].DeadRanks;
        using RankLink one = hub.Attach("train", new RankShare(1, 2));

        Assert.False(isEarly);
        Assert.Equal([1], dead);
        Assert.Empty(hub.Snapshot().Groups[0].DeadRanks);
        Assert.Equal(2, _told.Count);
        Assert.StartsWith("rank 1 of 2 of group 'train' has not been connected for 00:01:00; its group", _told[0]);
        Assert.Equal("rank 1 of 2 of group 'train' is back", _told[1]);
    }

    [Fact]
    public void Nobody_is_dead_while_nobody_waits_for_him()
    {
        DeliveryHub hub = Open(DeadRankPolicy.Reassign);
        hub.Attach("train", new RankShare(0, 2)).Dispose();

        _clock.Advance(100 * Lease);
        using RankLink zero = hub.Attach("train", new RankShare(0, 2));
        _clock.Advance(Lease - TimeSpan.FromSeconds(1));

        Assert.Empty(_told);
        Assert.Empty(hub.Snapshot().Groups[0].DeadRanks);
    }

    [Fact]
    public async Task Share_of_the_dead_goes_to_the_living_at_its_cursor_and_back_with_its_rank()
    {
        DeliveryHub hub = Open(DeadRankPolicy.Reassign);
        _log.Add(12);
        RankLink one = hub.Attach("train", new RankShare(1, 3));
        using RankLink zero = hub.Attach("train", new RankShare(0, 3));
        using RankLink two = hub.Attach("train", new RankShare(2, 3));
        one.Ack(4);
        one.Dispose();
        Assert.Equal([3, 6, 9, 12], await TakeAsync(zero, 4));
        Task<Lent<PlacedSample>> more = zero.NextAsync(1, long.MaxValue, Token).AsTask();
        bool isEarly = more.IsCompleted;

        _clock.Advance(Lease);
        Assert.Equal(7, (await more).Single().Position); // the rank that waited is woken for what it adopts
        zero.Ack(7);
        two.Ack(10); // not what two carries: says nothing
        using RankLink back = hub.Attach("train", new RankShare(1, 3));
        zero.Ack(10); // no longer what zero carries

        Assert.False(isEarly);
        Assert.Equal([0L, 7L, 0L], hub.Snapshot().Groups[0].CursorByRank);
        Assert.Equal([10], await TakeAsync(back, 1));
    }

    [Fact]
    public async Task End_waits_for_what_a_dead_rank_left_and_then_ends_all()
    {
        DeliveryHub hub = Open(DeadRankPolicy.Reassign);
        _log.Add(5);
        using RankLink zero = hub.Attach("train", new RankShare(0, 2));
        zero.Ack(4);
        await hub.EndAsync(Token);
        bool isEarly = zero.Ended.IsCompleted;

        _clock.Advance(Lease);
        Assert.Equal([1, 3, 5], (await TakeAsync(zero, 5)).Where(at => at % 2 == 1)); // 2 and 4 were acknowledged
        zero.Ack(5);

        Assert.False(isEarly);
        Assert.Equal(LinkEnd.Ended, await zero.Ended.WaitAsync(Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Every_history_delivers_all_to_disjoint_links_in_order_of_each_share(int window) =>
        Prop.ForAll(
            Gen.Choose(0, 5).Zip(Gen.Choose(0, 3)).Zip(Gen.Choose(1, 9))
                .Select(at => (Deed: at.Item1.Item1, Rank: at.Item1.Item2, Amount: at.Item2))
                .ArrayOf().ToArbitrary(),
            history => Task.Run(() => DeadRankModel.HoldsAsync(history, new(window, 3)), Token)
                .GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static async Task<IReadOnlyList<long>> TakeAsync(RankLink link, int count)
    {
        List<long> taken = [];
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        while (taken.Count < count)
        {
            Task<Lent<PlacedSample>> next =
                link.NextAsync(count - taken.Count, long.MaxValue, enough.Token).AsTask();
            if (!next.IsCompleted)
            {
                await enough.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
                break;
            }

            taken.AddRange((await next).Select(at => at.Position));
        }

        return taken;
    }

    private DeliveryHub Open(DeadRankPolicy policy) => _hub =
        new(_log, new DeliverOptions { OnDeadRank = policy, RankLease = Lease }, _clock) { Told = _told.Add };
}
