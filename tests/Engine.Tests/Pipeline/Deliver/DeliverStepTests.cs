using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: the line is never further ahead of its slowest consumer than the window, and says for whom it waits.
/// </summary>
public sealed class DeliverStepTests : IAsyncDisposable
{
    private const int Window = 4;
    private static readonly RankShare Alone = new(0, 1);

    private readonly MemorySampleLog _log = new();
    private readonly ManualClock _clock = new();
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
    public void Nothing_waits_while_no_group_is_registered()
    {
        DeliverStep step = Open();

        Assert.All(Enumerable.Range(1, 100), sequence => Assert.True(Run(step, sequence).IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Sample_waits_when_it_is_a_window_ahead_and_passes_when_the_group_has_acknowledged()
    {
        DeliverStep step = Open();
        using RankLink link = _hub!.Attach("train", Alone);
        _log.Add(9);
        await SendAsync(link, 9);

        Assert.True(Run(step, Window - 1).IsCompletedSuccessfully);
        Task waiting = Run(step, Window);
        Assert.False(waiting.IsCompleted);
        Assert.Equal("train", _hub.Snapshot().BlockedBy);

        link.Ack(1);

        await waiting.WaitAsync(Token);
        Assert.Null(_hub.Snapshot().BlockedBy);
    }

    [Fact]
    public async Task Slowest_rank_of_the_slowest_group_counts()
    {
        DeliverStep step = Open();
        using RankLink fast = _hub!.Attach("fast", Alone);
        using RankLink zero = _hub.Attach("slow", new RankShare(0, 2));
        using RankLink one = _hub.Attach("slow", new RankShare(1, 2));
        _log.Add(9);
        await SendAsync(fast, 9);
        await SendAsync(zero, 4);
        await SendAsync(one, 5);
        fast.Ack(9);
        zero.Ack(8);

        Task waiting = Run(step, 9);
        one.Ack(5);
        bool isFree = waiting.IsCompleted;
        one.Ack(7);

        Assert.False(isFree); // 6 is settled, so 9 is 3 ahead only once 7 is acknowledged
        await waiting.WaitAsync(Token);
    }

    [Fact]
    public async Task Rank_that_has_all_of_its_share_holds_nobody_back()
    {
        DeliverStep step = Open();
        using RankLink zero = _hub!.Attach("train", new RankShare(0, 64));
        using RankLink one = _hub.Attach("train", new RankShare(1, 64));
        _log.Add(1);
        await SendAsync(one, 1);
        one.Ack(1);

        bool isFree = Run(step, Window).IsCompletedSuccessfully; // rank 0's first is 64, rank 2's is 2: 1 is settled
        Task waiting = Run(step, Window + 1);

        Assert.True(isFree);
        Assert.False(waiting.IsCompleted);
        await _hub.RemoveAsync("train", Token);
        await waiting.WaitAsync(Token);
    }

    [Fact]
    public async Task Removing_the_group_frees_the_line()
    {
        DeliverStep step = Open();
        using RankLink link = _hub!.Attach("train", Alone);
        _log.Add(9);

        Task waiting = Run(step, 9);
        await _hub.RemoveAsync("train", Token);

        await waiting.WaitAsync(Token);
    }

    [Fact]
    public async Task Stopped_group_blocks_for_ever_by_default_and_across_a_restart()
    {
        DeliverStep step = Open();
        _hub!.Attach("train", Alone).Dispose();
        await _hub.DisposeAsync();
        step = Open();
        _log.Add(9);

        Task waiting = Run(step, 9);
        _clock.Advance(TimeSpan.FromDays(100));

        Assert.False(waiting.IsCompleted);
        await _hub.RemoveAsync("train", Token);
        await waiting.WaitAsync(Token);
    }

    [Fact]
    public async Task Stopped_group_is_detached_after_its_time_counted_and_loses_nothing()
    {
        using MeterTotals totals = new("Headwater.Deliver", "group", "detaches");
        DeliverStep step = Open(StoppedGroupPolicy.Detach);
        _log.Add(9);
        _hub!.Attach("detaches", Alone).Dispose();
        Task waiting = Run(step, 9);

        _clock.Advance(TimeSpan.FromSeconds(59));
        bool isEarly = waiting.IsCompleted;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(Token);
        using RankLink again = _hub.Attach("detaches", Alone);

        Assert.False(isEarly);
        Assert.Equal(1, totals["headwater.deliver.detached"]);
        Assert.Equal(1, (await again.NextAsync(1, 1, Token)).Single().Sequence);
    }

    [Fact]
    public async Task Detached_group_that_comes_back_counts_again_only_once_it_has_caught_up()
    {
        DeliverStep step = Open(StoppedGroupPolicy.Detach);
        _log.Add(9);
        _hub!.Attach("train", Alone).Dispose();
        _clock.Advance(TimeSpan.FromMinutes(1));
        using RankLink again = _hub.Attach("train", Alone);
        await SendAsync(again, 9);

        bool isFreeBefore = Run(step, 9).IsCompletedSuccessfully;
        bool isDetachedBefore = _hub.Snapshot().Groups.Single().IsDetached;
        again.Ack(6);
        _log.Add(1);

        Assert.True(isFreeBefore && isDetachedBefore);
        Assert.False(_hub.Snapshot().Groups.Single().IsDetached);
        Assert.False(Run(step, 10).IsCompleted);
    }

    [Fact]
    public async Task Connected_group_is_never_detached()
    {
        DeliverStep step = Open(StoppedGroupPolicy.Detach);
        using RankLink link = _hub!.Attach("train", Alone);
        _log.Add(9);

        Task waiting = Run(step, 9);
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.False(waiting.IsCompleted);
        await _hub.RemoveAsync("train", Token);
        await waiting.WaitAsync(Token);
    }

    [Fact]
    public async Task Waiting_time_goes_to_the_account_of_the_group_waited_for_while_it_is_waited_for()
    {
        DeliverStep step = Open();
        using RankLink first = _hub!.Attach("a", Alone);
        using RankLink second = _hub.Attach("b", Alone);
        _log.Add(9);
        await SendAsync(first, 9);
        await SendAsync(second, 9);
        second.Ack(3);

        Task waiting = Run(step, 9);
        _clock.Advance(TimeSpan.FromSeconds(3));
        TimeSpan seenWhileWaiting = _hub.Snapshot().Groups[0].Blocked;
        first.Ack(9);
        string? blockedBy = _hub.Snapshot().BlockedBy;
        _clock.Advance(TimeSpan.FromSeconds(2));
        second.Ack(9);
        await waiting.WaitAsync(Token);

        Assert.Equal("b", blockedBy);
        Assert.Equal(TimeSpan.FromSeconds(3), seenWhileWaiting);
        Assert.Equal([3, 2], _hub.Snapshot().Groups.Select(group => group.Blocked.TotalSeconds));
    }

    [Fact]
    public async Task Stop_of_the_line_ends_the_wait()
    {
        DeliverStep step = Open();
        using RankLink link = _hub!.Attach("train", Alone);
        using CancellationTokenSource stop = new();

        Task waiting = step.RunAsync(MemorySampleLog.Stored(9), stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
        Assert.Null(_hub.Snapshot().BlockedBy);
    }

    private static async Task SendAsync(RankLink link, int count)
    {
        foreach (PlacedSample at in await link.NextAsync(count, long.MaxValue, Token))
        {
            link.Sent(1, at.Sample.Bytes);
        }
    }

    private static Task<Outcome<StoredSample>> Run(DeliverStep step, long sequence) =>
        step.RunAsync(MemorySampleLog.Stored(sequence), Token).AsTask();

    private DeliverStep Open(StoppedGroupPolicy onStopped = StoppedGroupPolicy.Block)
    {
        DeliverOptions options = new()
        {
            BacklogMaxItems = Window, OnStopped = onStopped, IdleTimeout = TimeSpan.FromMinutes(1),
        };
        _hub = new DeliveryHub(_log, options, _clock);
        return new DeliverStep(_hub);
    }
}
