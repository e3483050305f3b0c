using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: cursors outlive the daemon, written seldom, and a failed write loses none.</summary>
public sealed class CursorMirrorTests
{
    private static readonly RankShare Alone = new(0, 1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly MemorySampleLog _log = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Closed_hub_has_saved_every_cursor_and_the_next_one_starts_there()
    {
        _log.Add(9);
        await using (DeliveryHub hub = Open())
        {
            using RankLink link = hub.Attach("train", new RankShare(1, 2));
            await SendAsync(link, 3);
            link.Ack(5);
        }

        await using DeliveryHub next = Open();
        using RankLink again = next.Attach("train", new RankShare(1, 2));

        Assert.Equal(5, again.StartCursor);
        Assert.Equal([0L, 5L], next.Snapshot().Groups.Single().CursorByRank);
    }

    [Fact]
    public async Task Many_acknowledgements_make_one_write_when_the_time_is_up()
    {
        _log.Add(100);
        await using DeliveryHub hub = Open();
        using RankLink link = hub.Attach("train", Alone);
        await SendAsync(link, 100);
        for (int at = 1; at <= 100; at++)
        {
            link.Ack(at);
        }

        Assert.Equal(0, _log.Saves);
        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);

        Assert.Equal(1, _log.Saves);
        Assert.Equal(100, _log.LoadCursors().Single().Position);
    }

    [Fact]
    public async Task So_many_acknowledgements_write_without_waiting_for_the_time()
    {
        _log.Add(100);
        await using DeliveryHub hub = Open(new() { CursorAcksMax = 10 });
        using RankLink link = hub.Attach("train", Alone);
        await SendAsync(link, 100);

        for (int at = 1; at <= 10; at++)
        {
            link.Ack(at);
        }

        await hub.SavedAsync().WaitAsync(Token);
        Assert.Equal(10, _log.LoadCursors().Single().Position);
    }

    [Fact]
    public async Task Failed_write_is_reported_and_tried_again_with_what_came_meanwhile()
    {
        _log.Add(9);
        await using DeliveryHub hub = Open();
        using RankLink link = hub.Attach("train", Alone);
        await SendAsync(link, 9);
        link.Ack(4);
        _log.FailNextSave = new IOException("the disk is full");

        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);
        string? error = hub.Snapshot().CursorSaveError;
        link.Ack(6);
        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);

        Assert.Equal("the disk is full", error);
        Assert.Null(hub.Snapshot().CursorSaveError);
        Assert.Equal(6, _log.LoadCursors().Single().Position);
    }

    [Fact]
    public async Task Failed_write_is_tried_again_though_nothing_else_happens()
    {
        _log.Add(9);
        await using DeliveryHub hub = Open();
        using RankLink link = hub.Attach("train", Alone);
        await SendAsync(link, 9);
        link.Ack(4);
        _log.FailNextSave = new IOException("the disk is full");

        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);
        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);

        Assert.Equal(4, _log.LoadCursors().Single().Position);
    }

    [Fact]
    public async Task Removed_group_is_gone_from_the_log_and_starts_anew()
    {
        _log.Add(9);
        await using DeliveryHub hub = Open();
        RankLink link = hub.Attach("train", Alone);
        await SendAsync(link, 9);
        link.Ack(4);
        _clock.Advance(Interval);
        await hub.SavedAsync().WaitAsync(Token);

        await hub.RemoveAsync("train", Token);
        link.Dispose();

        Assert.Empty(_log.LoadCursors());
        using RankLink again = hub.Attach("train", Alone);
        Assert.Equal(0, again.StartCursor);
    }

    [Fact]
    public async Task Another_world_replaces_the_saved_cursors_of_the_old_one()
    {
        _log.Add(9);
        await using (DeliveryHub hub = Open())
        {
            using (RankLink old = hub.Attach("train", new RankShare(2, 3)))
            {
                await SendAsync(old, 3);
                old.Ack(8);
            }

            using RankLink young = hub.Attach("train", new RankShare(0, 2));
        }

        Assert.Equal([2, 2], _log.LoadCursors().Select(cursor => cursor.Share.World));
    }

    [Fact]
    public async Task Saved_cursor_beyond_the_log_is_brought_back_to_its_end()
    {
        await _log.SaveCursorsAsync([new RankCursor("train", Alone, DeliveryOrder.Plain, 50)], Token);
        _log.Add(9);

        await using DeliveryHub hub = Open();

        Assert.Equal([9L], hub.Snapshot().Groups.Single().CursorByRank);
    }

    private static async Task SendAsync(RankLink link, int count)
    {
        foreach (PlacedSample at in await link.NextAsync(count, long.MaxValue, Token))
        {
            link.Sent(1, at.Sample.Bytes);
        }
    }

    private DeliveryHub Open(DeliverOptions? options = null) => new(_log, options ?? new DeliverOptions(), _clock);
}
