using Engine.Items;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: each rank gets its share after its cursor, once, whoever connects when.</summary>
public sealed class DeliveryHubTests : IAsyncDisposable
{
    private static readonly RankShare Alone = new(0, 1);

    private readonly MemorySampleLog _log = new();
    private readonly ManualClock _clock = new();
    private readonly DeliveryHub _hub;

    public DeliveryHubTests() => _hub = new DeliveryHub(_log, new DeliverOptions { GroupsMax = 2 }, _clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Ranks_receive_disjoint_shares_in_order_and_together_everything()
    {
        _log.Add(10);
        using RankLink zero = _hub.Attach("train", new RankShare(0, 3));
        using RankLink one = _hub.Attach("train", new RankShare(1, 3));
        using RankLink two = _hub.Attach("train", new RankShare(2, 3));

        Assert.Equal([3, 6, 9], await TakeAsync(zero, 3));
        Assert.Equal([1, 4, 7, 10], await TakeAsync(one, 4));
        Assert.Equal([2, 5, 8], await TakeAsync(two, 3));
    }

    [Fact]
    public async Task Groups_do_not_share_anything()
    {
        _log.Add(2);
        using RankLink first = _hub.Attach("a", Alone);
        using RankLink second = _hub.Attach("b", Alone);

        Assert.Equal([1, 2], await TakeAsync(first, 2));
        first.Ack(2);

        Assert.Equal([1, 2], await TakeAsync(second, 2));
        Assert.Equal([0L, 2L], _hub.Snapshot().Groups.Select(group => group.LagItems));
    }

    [Fact]
    public async Task Next_waits_for_a_sample_of_its_own_share_and_not_for_others()
    {
        using RankLink link = _hub.Attach("train", new RankShare(0, 2));

        ValueTask<Lent<PlacedSample>> next = link.NextAsync(8, 1 << 20, Token);
        _log.Add(1);
        bool isWokenByTheOtherRanksSample = next.IsCompleted;
        _log.Add(1);

        Assert.False(isWokenByTheOtherRanksSample);
        Assert.Equal([2], (await next).Select(at => at.Sequence));
    }

    [Fact]
    public async Task Connection_without_a_cursor_goes_on_after_the_last_acknowledgement()
    {
        _log.Add(9);
        using (RankLink before = _hub.Attach("train", Alone))
        {
            await TakeAsync(before, 5);
            before.Ack(4);
        }

        using RankLink after = _hub.Attach("train", Alone);

        Assert.Equal(4, after.StartCursor);
        Assert.Equal([5, 6], await TakeAsync(after, 2));
    }

    [Fact]
    public async Task Cursor_of_the_consumer_wins_forward_and_back()
    {
        _log.Add(9);
        using (RankLink before = _hub.Attach("train", Alone))
        {
            await TakeAsync(before, 5);
            before.Ack(5);
        }

        using (RankLink back = _hub.Attach("train", Alone, cursor: 2, _log.StreamId))
        {
            Assert.Equal([3], await TakeAsync(back, 1));
            Assert.Equal(7, _hub.Snapshot().Groups.Single().LagItems);
        }

        using RankLink forward = _hub.Attach("train", Alone, cursor: 8);

        Assert.Equal([9], await TakeAsync(forward, 1));
    }

    [Fact]
    public async Task Newest_connection_takes_the_rank_and_the_old_one_can_move_nothing()
    {
        _log.Add(3);
        using RankLink old = _hub.Attach("train", Alone);
        await TakeAsync(old, 3);

        using RankLink young = _hub.Attach("train", Alone);
        old.Ack(3);
        old.Dispose();

        Assert.Equal(LinkEnd.Replaced, await old.Ended.WaitAsync(Token));
        Assert.False(young.Ended.IsCompleted);
        Assert.Equal(0, young.Cursor);
        Assert.Equal(1, _hub.Snapshot().Groups.Single().Connections);
    }

    [Fact]
    public async Task Acknowledgement_is_cumulative_and_an_older_one_changes_nothing()
    {
        _log.Add(5);
        using RankLink link = _hub.Attach("train", Alone);
        await TakeAsync(link, 5);

        link.Ack(3);
        link.Ack(1);

        Assert.Equal(3, link.Cursor);
        Assert.Equal(2, _hub.Snapshot().Groups.Single().LagItems);
    }

    [Fact]
    public void Acknowledgement_of_what_is_not_there_is_refused_with_both_numbers()
    {
        _log.Add(2);
        using RankLink link = _hub.Attach("train", Alone);

        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(() => link.Ack(3));

        Assert.Equal(
            (DeliverRefusal.AckAhead, "Position 3 was acknowledged; 2 is the last there is."),
            (refused.Refusal, refused.Message));
    }

    [Fact]
    public async Task What_is_acknowledged_from_an_earlier_link_is_not_read_again()
    {
        _log.Add(6);
        using (RankLink before = _hub.Attach("train", Alone))
        {
            await TakeAsync(before, 4);
        }

        using RankLink after = _hub.Attach("train", Alone);
        after.Ack(3);

        Assert.Equal([4, 5, 6], await TakeAsync(after, 3));
    }

    [Theory]
    [InlineData("", 0, 1, DeliverRefusal.InvalidGroup)]
    [InlineData("a/b", 0, 1, DeliverRefusal.InvalidGroup)]
    [InlineData("été", 0, 1, DeliverRefusal.InvalidGroup)]
    [InlineData("a", 1, 1, DeliverRefusal.InvalidShare)]
    [InlineData("a", -1, 1, DeliverRefusal.InvalidShare)]
    [InlineData("a", 0, 0, DeliverRefusal.InvalidShare)]
    [InlineData("a", 0, 1025, DeliverRefusal.InvalidShare)]
    public void Wrong_name_or_share_is_refused_and_registers_nothing(
        string name, int rank, int world, DeliverRefusal expected)
    {
        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach(name, new RankShare(rank, world)));

        Assert.Equal(expected, refused.Refusal);
        Assert.Empty(_hub.Snapshot().Groups);
    }

    [Fact]
    public void Cursor_beyond_the_newest_sample_or_of_another_stream_is_refused()
    {
        _log.Add(5);

        DeliverRefusedException ahead = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach("train", Alone, cursor: 6));
        DeliverRefusedException other = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach("train", Alone, cursor: 1, "another"));

        Assert.Equal("The cursor is 6; it must be 0 to 5, the last position there is.", ahead.Message);
        Assert.Equal(DeliverRefusal.StreamChanged, other.Refusal);
    }

    [Fact]
    public async Task Group_beyond_the_bound_is_refused_until_one_is_removed()
    {
        using RankLink first = _hub.Attach("a", Alone);
        using RankLink second = _hub.Attach("b", Alone);
        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(() => _hub.Attach("c", Alone));

        bool isRemoved = await _hub.RemoveAsync("a", Token);
        using RankLink third = _hub.Attach("c", Alone);

        Assert.Equal(DeliverRefusal.GroupsFull, refused.Refusal);
        Assert.True(isRemoved);
        Assert.Equal(LinkEnd.Removed, await first.Ended.WaitAsync(Token));
        Assert.Equal(["b", "c"], _hub.Snapshot().Groups.Select(group => group.Name));
    }

    [Fact]
    public async Task Another_world_waits_for_the_old_ranks_and_then_starts_after_what_all_had_settled()
    {
        _log.Add(20);
        RankLink zero = _hub.Attach("train", new RankShare(0, 2));
        RankLink one = _hub.Attach("train", new RankShare(1, 2));
        await TakeAsync(zero, 4); // 2 4 6 8
        await TakeAsync(one, 2); // 1 3
        zero.Ack(8);
        one.Ack(3);
        zero.Dispose();

        DeliverRefusedException early = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach("train", new RankShare(0, 4)));
        one.Dispose();
        using RankLink after = _hub.Attach("train", new RankShare(1, 4));

        Assert.Equal(DeliverRefusal.WorldMismatch, early.Refusal);
        Assert.Equal(4, after.StartCursor); // 5 is the first that rank 1 of 2 lacks
        Assert.Equal([5, 9], await TakeAsync(after, 2));
    }

    [Fact]
    public async Task Closed_hub_ends_its_links_and_lets_nobody_in()
    {
        using RankLink link = _hub.Attach("train", Alone);

        await _hub.DisposeAsync();

        Assert.Equal(LinkEnd.Closed, await link.Ended.WaitAsync(Token));
        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(() => _hub.Attach("train", Alone));
        Assert.Equal(DeliverRefusal.Closed, refused.Refusal);
    }

    private static async Task<IReadOnlyList<long>> TakeAsync(RankLink link, int count)
    {
        List<long> taken = [];
        while (taken.Count < count)
        {
            foreach (PlacedSample at in await link.NextAsync(count - taken.Count, 1 << 20, Token))
            {
                link.Sent(1, at.Sample.Bytes);
                taken.Add(at.Sequence);
            }
        }

        return taken;
    }
}
