using Engine.Flow;
using Tests.Shared;

namespace Engine.Tests.Flow;

/// <summary>
/// Goal: the laws of a line hold for any bounds, workers, batches and drops: received = sent + dropped + faulted, order
/// is kept, and the stage never holds more than its bounds. Method: random lines from printed seeds, real stages.
/// </summary>
public sealed class StageLawTests(ITestOutputHelper output)
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_item_is_accounted_for_and_order_is_kept_over_random_lines()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            int capacity = random.Next(1, 40);
            StageOptions options = new()
            {
                CapacityItems = capacity,
                CapacityBytes = random.Next(1, 4000),
                WorkersMax = random.Next(1, Math.Min(capacity, 8) + 1),
                BatchMax = random.Next(1, capacity + 1),
                BatchLinger = TimeSpan.FromMilliseconds(random.Next(0, 3)),
            };
            await RunAsync($"law_{seed}_{round}", options, random.Next(), items: 300);
        }
    }

    [Fact]
    public async Task Fault_in_the_middle_of_a_random_line_leaves_nothing_unaccounted()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            using Line line = new(Token);
            int fatal = random.Next(0, 100);
            StageOptions bounds = new() { CapacityItems = random.Next(1, 16) };
            Stage<int, int> first = LineOf.Stage(line, "first", bounds, Keep);
            Stage<int, int> second = LineOf.Stage(line, "second", bounds, item =>
                item == fatal ? throw new InvalidDataException("fatal item") : Keep(item));
            LineOf.Collect(first.To(second));

            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                for (int item = 0; ; item++)
                {
                    await first.SendAsync(item).AsTask().WaitAsync(HangLimit, Token);
                }
            });
            await Assert.ThrowsAsync<StageFaultException>(() => line.WaitAsync().WaitAsync(HangLimit, Token));

            Assert.All(line.Snapshot(), stage => Assert.Equal(
                (stage.Received, 0), (stage.Sent + stage.Dropped + stage.Faulted, stage.InFlightItems)));
            Assert.True(line.Snapshot()[1].Faulted >= 1);
        }
    }

    [Fact]
    public async Task Room_that_comes_free_for_a_sender_who_was_cancelled_is_not_held_when_the_line_has_ended()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using Line line = new(stop.Token);
        Stage<int, int> stage = LineOf.Stage(line, "narrow", new() { CapacityItems = 1 }, Keep);
        TaskCompletionSource<int> reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.End(item =>
        {
            reached.SetResult(item);
            return new ValueTask(release.Task);
        });

        await stage.SendAsync(0);
        Assert.Equal(0, await reached.Task.WaitAsync(HangLimit, Token));
        Task waiting = stage.SendAsync(1).AsTask();
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(HangLimit, Token));
        release.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => line.WaitAsync().WaitAsync(HangLimit, Token));

        StageSnapshot end = line.Snapshot().Single();
        Assert.Equal((1L, 1L), (end.Received, end.Sent + end.Faulted));
        Assert.Equal((0, 0L), (end.InFlightItems, end.InFlightBytes));
    }

    [Fact]
    public async Task Counters_and_snapshot_tell_the_same_story()
    {
        using MeterTotals totals = new("Headwater.Flow", "stage", "story");
        using Line line = new(Token);
        Stage<int, int> stage = LineOf.Stage(line, "story", new() { BatchMax = 4 }, item =>
            ValueTask.FromResult(item % 3 == 0 ? Outcome.Drop<int>("third") : Outcome.Keep(item)));
        LineOf.Collect(stage);

        for (int item = 0; item < 100; item++)
        {
            await stage.SendAsync(item);
        }

        stage.Complete();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        StageSnapshot end = line.Snapshot().Single();
        Assert.Equal((100, 66, 34, 0), (end.Received, end.Sent, end.Dropped, end.Faulted));
        Assert.Equal(34, end.DroppedByReason["third"]);
        Assert.Equal(
            (100L, 66L, 34L),
            (totals["headwater.stage.received"], totals["headwater.stage.sent"], totals["headwater.stage.dropped"]));
    }

    private async Task RunAsync(string name, StageOptions options, int seed, int items)
    {
        using Line line = new(Token);
        Random random = new(seed);
        bool[] keep = [.. Enumerable.Range(0, items).Select(_ => random.Next(3) > 0)];
        long[] weights = [.. Enumerable.Range(0, items).Select(_ => (long)random.Next(1, 600))];
        List<int> toldDropped = [];
        int inWork = 0;
        Stage<int, int> stage = new(
            line, name, options, new(item => weights[item], item => weights[item] / 2), async (batch, _) =>
            {
                int together = Interlocked.Increment(ref inWork);
                Assert.InRange(together, 1, options.WorkersMax);
                Assert.InRange(batch.Count, 1, options.BatchMax);
                Assert.InRange(line.Snapshot().Single().InFlightItems, 1, options.CapacityItems);
                await Task.Yield();
                Interlocked.Decrement(ref inWork);
                return [.. batch.Select(item => keep[item] ? Outcome.Keep(item) : Outcome.Drop<int>("odd"))];
            }, (item, _, _, _) =>
            {
                lock (toldDropped)
                {
                    toldDropped.Add(item);
                }

                return ValueTask.CompletedTask;
            });
        List<int> delivered = LineOf.Collect(stage);

        for (int item = 0; item < items; item++)
        {
            await stage.SendAsync(item).AsTask().WaitAsync(HangLimit, Token);
        }

        stage.Complete();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        output.WriteLine($"{options} seed {seed}");
        Assert.Equal(Enumerable.Range(0, items).Where(item => keep[item]), delivered);
        Assert.Equal(Enumerable.Range(0, items).Where(item => !keep[item]), toldDropped.Order());
        StageSnapshot end = line.Snapshot().Single();
        Assert.Equal(items, end.Received);
        Assert.Equal(end.Received, end.Sent + end.Dropped + end.Faulted);
        Assert.Equal((0, 0L), (end.InFlightItems, end.InFlightBytes));
    }

    private static ValueTask<Outcome<int>> Keep(int item) => ValueTask.FromResult(Outcome.Keep(item));
}
