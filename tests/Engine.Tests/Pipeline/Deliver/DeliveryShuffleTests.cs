using Engine.Items;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: a group's order is its own and the same for ever; its end comes when the plan has ended.</summary>
public sealed class DeliveryShuffleTests : IAsyncDisposable
{
    private const int Window = 4;
    private static readonly RankShare Alone = new(0, 1);
    private static readonly DeliveryOrder Order = new(Window, 9);

    private readonly MemorySampleLog _log = new();
    private DeliveryHub _hub;

    public DeliveryShuffleTests() => _hub = Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Block_comes_once_it_is_whole_and_holds_the_samples_it_would_hold_unshuffled()
    {
        using RankLink link = _hub.Attach("train", Alone, order: Order);
        _log.Add(Window - 1);
        ValueTask<Lent<PlacedSample>> next = link.NextAsync(100, long.MaxValue, Token);
        bool isEarly = next.IsCompleted;
        _log.Add(1);

        IReadOnlyList<PlacedSample> block = await next;

        Assert.False(isEarly);
        Assert.Equal([1, 2, 3, 4], block.Select(at => at.Position));
        Assert.Equal([1, 2, 3, 4], block.Select(at => at.Sequence).Order());
        Assert.All(block, at => Assert.Equal(_log.Make(at.Sequence).Key, at.Sample.Key));
    }

    [Fact]
    public async Task Tail_comes_with_the_end_and_its_order_stays_when_a_later_run_adds_samples()
    {
        _log.Add(6);
        List<long> first = [];
        using (RankLink link = _hub.Attach("a", Alone, order: Order))
        {
            first.AddRange(await TakeAsync(link, 4));
            Task<Lent<PlacedSample>> tail = link.NextAsync(100, long.MaxValue, Token).AsTask();
            bool isEarly = tail.IsCompleted;
            await _hub.EndAsync(Token);
            first.AddRange((await tail).Select(at => at.Sequence));
            Assert.False(isEarly);
        }

        await _hub.DisposeAsync();
        _hub = Open();
        _log.Add(6);
        using RankLink again = _hub.Attach("b", Alone, order: Order);

        Assert.Equal(first, await TakeAsync(again, 6));
        IReadOnlyList<long> later = await TakeAsync(again, 4); // the later run's blocks are counted from the boundary
        Assert.Equal([7, 8, 9, 10], later.Order());
        Task waiting = again.NextAsync(1, long.MaxValue, Token).AsTask();
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Resume_after_any_position_gives_the_rest_of_one_and_the_same_order()
    {
        _log.Add(12);
        IReadOnlyList<long> all;
        using (RankLink link = _hub.Attach("train", Alone, order: Order))
        {
            all = await TakeAsync(link, 12);
        }

        for (int cursor = 0; cursor < 12; cursor++)
        {
            using RankLink again = _hub.Attach("train", Alone, cursor, _log.StreamId, Order);
            Assert.Equal(all.Skip(cursor), await TakeAsync(again, 12 - cursor));
        }
    }

    [Fact]
    public async Task Another_seed_reads_again_from_the_start_in_another_order()
    {
        _log.Add(64);
        DeliveryOrder first = Order with { Seed = 1 };
        using (RankLink link = _hub.Attach("train", Alone, order: first))
        {
            await TakeAsync(link, 64);
            link.Ack(64);
        }

        using RankLink again = _hub.Attach("train", Alone, cursor: 0, order: first with { Seed = 2 });
        IReadOnlyList<long> second = await TakeAsync(again, 64);

        OrderedSequences before = new(first);
        Assert.NotEqual(Enumerable.Range(1, 64).Select(at => before.At(at, [])), second);
        Assert.Equal(Enumerable.Range(1, 64).Select(at => (long)at), second.Order());
    }

    [Fact]
    public async Task Another_order_waits_for_the_old_ranks_and_then_misses_nothing()
    {
        _log.Add(20);
        RankLink zero = _hub.Attach("train", new RankShare(0, 2), order: Order);
        await TakeAsync(zero, 5);
        zero.Ack(10);
        RankLink one = _hub.Attach("train", new RankShare(1, 2), order: Order);
        await TakeAsync(one, 4);
        one.Ack(7);
        zero.Dispose();

        DeliverRefusedException early = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach("train", new RankShare(0, 2)));
        one.Dispose();
        using RankLink plain = _hub.Attach("train", new RankShare(1, 2));

        Assert.Equal(DeliverRefusal.OrderMismatch, early.Refusal);
        Assert.Contains("shuffle window is 4 and seed 9; window 0 and seed 0 must wait", early.Message);
        Assert.Equal(8, plain.StartCursor); // 8 is settled; of the block after it nobody can say which samples came
    }

    [Theory]
    [InlineData(5, 0, "must be 0 to 4 samples (at most 65536, and half of backlog_max_items, which is 9)")]
    [InlineData(-1, 0, "The shuffle window is -1 with seed 0")]
    [InlineData(4, -1, "and the seed at least 0")]
    public void Window_that_the_line_could_not_fill_is_refused(int window, long seed, string expected)
    {
        DeliverRefusedException refused = Assert.Throws<DeliverRefusedException>(
            () => _hub.Attach("train", Alone, order: new DeliveryOrder(window, seed)));

        Assert.Equal(DeliverRefusal.InvalidOrder, refused.Refusal);
        Assert.Contains(expected, refused.Message);
    }

    [Fact]
    public async Task Longest_window_never_stops_the_line_for_good()
    {
        DeliverStep step = new(_hub);
        using RankLink link = _hub.Attach("train", Alone, order: Order);
        for (int sequence = 1; sequence <= 100; sequence++)
        {
            _log.Add(1);
            Task passed = step.RunAsync(MemorySampleLog.Stored(sequence), Token).AsTask();
            while (_hub.Snapshot().BlockedBy is not null)
            {
                Lent<PlacedSample> read = await link.NextAsync(1, long.MaxValue, Token).AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(30), Token);
                link.Ack(read[0].Position);
            }

            await passed.WaitAsync(Token);
        }
    }

    [Fact]
    public void Cursor_and_acknowledgement_beyond_the_whole_blocks_are_refused()
    {
        _log.Add(7);
        using RankLink link = _hub.Attach("train", Alone, order: Order);

        Assert.Equal(
            DeliverRefusal.AckAhead, Assert.Throws<DeliverRefusedException>(() => link.Ack(5)).Refusal);
        Assert.Equal(
            DeliverRefusal.CursorAhead,
            Assert.Throws<DeliverRefusedException>(() => _hub.Attach("b", Alone, cursor: 5, order: Order)).Refusal);
    }

    [Fact]
    public async Task Order_outlives_the_hub_with_its_cursors()
    {
        _log.Add(8);
        using (RankLink link = _hub.Attach("train", Alone, order: Order))
        {
            await TakeAsync(link, 6);
            link.Ack(6);
        }

        await _hub.DisposeAsync();
        _hub = Open();
        using RankLink again = _hub.Attach("train", Alone, order: Order);

        Assert.Equal(6, again.StartCursor);
        Assert.Equal((Window, 9L), (_hub.Snapshot().Groups[0].ShuffleWindow, _hub.Snapshot().Groups[0].ShuffleSeed));
    }

    private static async Task<IReadOnlyList<long>> TakeAsync(RankLink link, int count)
    {
        List<long> taken = [];
        while (taken.Count < count)
        {
            taken.AddRange((await link.NextAsync(count - taken.Count, 1 << 20, Token)).Select(at => at.Sequence));
        }

        return taken;
    }

    private DeliveryHub Open() => new(_log, new DeliverOptions { BacklogMaxItems = 9 }, new ManualClock());
}
