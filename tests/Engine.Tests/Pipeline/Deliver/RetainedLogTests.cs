using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: consumers of a log whose first samples were deleted start at the first one kept, or are told.
/// </summary>
public sealed class RetainedLogTests
{
    private static readonly RankShare Alone = new(0, 1);

    private readonly MemorySampleLog _log = new() { First = 11 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(10L)]
    public async Task New_group_starts_at_the_first_sample_kept(long? cursor)
    {
        _log.Add(20);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());

        using RankLink link = hub.Attach("g", Alone, cursor);

        Assert.Equal((10L, 10L), (link.StartCursor, hub.SettledSequence()));
        Assert.Equal(11, (await link.NextAsync(4, long.MaxValue, Token))[0].Sequence);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Cursor_from_before_it_is_refused_and_changes_nothing(long cursor)
    {
        _log.Add(20);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        hub.Attach("g", Alone, cursor: 15).Dispose();

        DeliverRefusedException lost = Assert.Throws<DeliverRefusedException>(() => hub.Attach("g", Alone, cursor));

        Assert.Equal(DeliverRefusal.CursorLost, lost.Refusal);
        Assert.Contains($"Sample {cursor + 1} was deleted by retention; the first one kept is 11", lost.Message,
            StringComparison.Ordinal);
        Assert.Equal(15, hub.SettledSequence());
    }

    [Fact]
    public async Task Link_that_is_overtaken_by_the_deletion_is_told_and_the_group_comes_back_at_the_first_kept()
    {
        _log.Add(20);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        using RankLink link = hub.Attach("g", new RankShare(1, 2));

        _log.First = 16;
        DeliverRefusedException lost = await Assert.ThrowsAsync<DeliverRefusedException>(
            async () => await link.NextAsync(4, long.MaxValue, Token));
        using RankLink again = hub.Attach("g", new RankShare(1, 2));

        Assert.Equal(DeliverRefusal.CursorLost, lost.Refusal);
        Assert.Equal(17, (await again.NextAsync(4, long.MaxValue, Token))[0].Sequence);
    }

    [Theory]
    [InlineData(5, 10)] // The first sample kept, 11, begins a block.
    [InlineData(4, 12)] // It lies in the block 9 to 12: 13 begins the first whole one.
    [InlineData(8, 16)]
    public async Task New_shuffled_group_starts_at_the_first_block_that_has_lost_nothing(int window, long start)
    {
        _log.Add(40);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        DeliveryOrder order = new(window, 7);

        using RankLink link = hub.Attach("g", Alone, cursor: null, order: order);
        IReadOnlyList<PlacedSample> block = await link.NextAsync(window, long.MaxValue, Token);
        DeliverRefusedException lost = Assert.Throws<DeliverRefusedException>(
            () => hub.Attach("new", Alone, cursor: 9, order: order));

        Assert.Equal(start, link.StartCursor);
        Assert.Equal(start, hub.SettledSequence());
        Assert.Equal(
            Enumerable.Range((int)start + 1, window).Select(at => (long)at),
            block.Select(sample => sample.Sequence).Order());
        Assert.Equal(DeliverRefusal.CursorLost, lost.Refusal);
        Assert.Single(hub.Snapshot().Groups); // Who is refused is not registered.
    }

    [Fact]
    public async Task Shuffled_group_waits_for_a_block_that_retention_has_bitten_before_it_was_whole()
    {
        _log.Add(20);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(
            () => hub.Attach("g", Alone, order: new DeliveryOrder(32, 7)));
        _log.Add(12);

        using RankLink link = hub.Attach("g", Alone, order: new DeliveryOrder(32, 7));

        Assert.Contains("before sample 32 is stored", refused.Message, StringComparison.Ordinal);
        Assert.Equal(32, link.StartCursor);
    }

    [Fact]
    public async Task Of_a_shuffled_group_whole_blocks_are_settled()
    {
        _log.Add(40);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        using RankLink link = hub.Attach("g", Alone, order: new DeliveryOrder(10, 7));
        long[] settled = new long[4];
        for (int i = 0; i < settled.Length; i++)
        {
            link.Ack(11 + (6 * i)); // 11, 17, 23, 29
            settled[i] = hub.SettledSequence();
        }

        Assert.Equal([10, 10, 20, 20], settled);
    }

    [Fact]
    public async Task Settled_is_the_lowest_of_all_groups_and_everything_where_there_is_none()
    {
        _log.Add(20);
        await using DeliveryHub hub = new(_log, new DeliverOptions(), new ManualClock());
        long none = hub.SettledSequence();
        hub.Attach("a", Alone, cursor: 18).Dispose();
        using RankLink link = hub.Attach("b", Alone, cursor: 12);
        long two = hub.SettledSequence();

        link.Ack(20);

        Assert.Equal((long.MaxValue, 12L, 18L), (none, two, hub.SettledSequence()));
    }
}
