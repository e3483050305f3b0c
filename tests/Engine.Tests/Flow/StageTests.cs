using Engine.Flow;

namespace Engine.Tests.Flow;

/// <summary>
/// Goal: a stage never loses an item in silence and never leaves its producer waiting.
/// Method: short lines of real stages, one cause of trouble each, no sleeps; time-outs only end a hang.
/// </summary>
public sealed class StageTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_stage_makes_its_producer_wait_and_drops_nothing()
    {
        using Line line = new(Token);
        TaskCompletionSource gate = new();
        Stage<int, int> stage = LineOf.Stage(line, "full", new() { CapacityItems = 2 }, async item =>
        {
            await gate.Task;
            return Outcome.Keep(item);
        });
        List<int> delivered = LineOf.Collect(stage);

        Task[] sends = [.. Enumerable.Range(0, 5).Select(item => stage.SendAsync(item).AsTask())];
        int letInAtOnce = sends.Count(send => send.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(sends).WaitAsync(HangLimit, Token);
        stage.Complete();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        Assert.Equal(2, letInAtOnce);
        Assert.Equal([0, 1, 2, 3, 4], delivered.Order());
    }

    [Fact]
    public async Task Stage_full_of_bytes_makes_its_producer_wait_though_it_has_room_for_items()
    {
        using Line line = new(Token);
        TaskCompletionSource gate = new();
        StageOptions bounds = new() { CapacityItems = 64, CapacityBytes = 250 };
        Stage<int, int> stage = LineOf.Stage(line, "heavy", bounds, async item =>
        {
            await gate.Task;
            return Outcome.Keep(item);
        }, weight: 100);
        LineOf.Collect(stage);

        Task[] sends = [.. Enumerable.Range(0, 5).Select(item => stage.SendAsync(item).AsTask())];
        int letInAtOnce = sends.Count(send => send.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(sends).WaitAsync(HangLimit, Token);
        stage.Complete();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        Assert.Equal(2, letInAtOnce);
    }

    [Fact]
    public async Task Item_heavier_than_the_whole_stage_passes_alone()
    {
        using Line line = new(Token);
        Stage<int, int> stage = LineOf.Stage(
            line, "giant", new() { CapacityBytes = 10 }, item => ValueTask.FromResult(Outcome.Keep(item)),
            weight: 1000);
        List<int> delivered = LineOf.Collect(stage);

        await stage.SendAsync(1).AsTask().WaitAsync(HangLimit, Token);
        await stage.SendAsync(2).AsTask().WaitAsync(HangLimit, Token);
        stage.Complete();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        Assert.Equal([1, 2], delivered);
    }

    [Fact]
    public async Task Fault_downstream_frees_the_producer_and_names_the_stage()
    {
        using Line line = new(Token);
        Stage<int, int> first = LineOf.Stage(line, "first", new(), item => ValueTask.FromResult(Outcome.Keep(item)));
        Stage<int, int> second = LineOf.Stage(
            line, "second", new(), _ => throw new InvalidDataException("torn mask"));
        LineOf.Collect(first.To(second));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await first.SendAsync(1).AsTask().WaitAsync(HangLimit, Token);
            }
        });

        StageFaultException fault = await Assert.ThrowsAsync<StageFaultException>(
            () => line.WaitAsync().WaitAsync(HangLimit, Token));
        Assert.Equal("second", fault.Stage);
        Assert.IsType<InvalidDataException>(fault.InnerException);
    }

    [Fact]
    public async Task Step_that_times_out_faults_the_line_instead_of_losing_the_item()
    {
        using Line line = new(Token);
        Stage<int, int> stage = LineOf.Stage(
            line, "timeout", new(), _ => throw new TaskCanceledException("model call timed out"));
        LineOf.Collect(stage);

        await stage.SendAsync(1);

        StageFaultException fault = await Assert.ThrowsAsync<StageFaultException>(
            () => line.WaitAsync().WaitAsync(HangLimit, Token));
        Assert.IsType<TaskCanceledException>(fault.InnerException);
    }

    [Fact]
    public async Task Step_that_answers_for_too_few_items_faults_the_line()
    {
        using Line line = new(Token);
        Stage<int, int> stage = new(
            line, "short", new(), new(_ => 1, _ => 1), (_, _) => ValueTask.FromResult<IReadOnlyList<Outcome<int>>>([]));
        LineOf.Collect(stage);

        await stage.SendAsync(1);

        StageFaultException fault = await Assert.ThrowsAsync<StageFaultException>(
            () => line.WaitAsync().WaitAsync(HangLimit, Token));
        Assert.Contains("0 outcomes for 1 items", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_that_throws_faults_the_line_under_its_own_name()
    {
        using Line line = new(Token);
        Stage<string, int> stage = new(line, "fed", new(), new(_ => 1, _ => 1), Steps.Each<string, int>(
            (item, _) => ValueTask.FromResult(Outcome.Keep(item.Length))));
        LineOf.Collect(stage);
        line.Feed<string, int>("prompts", _ => throw new FileNotFoundException("prompts.txt"), stage);

        StageFaultException fault = await Assert.ThrowsAsync<StageFaultException>(
            () => line.WaitAsync().WaitAsync(HangLimit, Token));

        Assert.Equal("prompts", fault.Stage);
    }

    [Fact]
    public async Task Stop_from_outside_ends_the_line_as_cancelled_and_counts_what_it_held()
    {
        using CancellationTokenSource stop = new();
        using Line line = new(stop.Token);
        TaskCompletionSource never = new();
        Stage<int, int> stage = LineOf.Stage(line, "stopped", new() { CapacityItems = 8 }, async item =>
        {
            await never.Task.WaitAsync(line.Stopping);
            return Outcome.Keep(item);
        });
        LineOf.Collect(stage);
        for (int item = 0; item < 5; item++)
        {
            await stage.SendAsync(item);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => line.WaitAsync().WaitAsync(HangLimit, Token));

        StageSnapshot end = line.Snapshot().Single();
        Assert.Equal((5, 5, 0), (end.Received, end.Faulted, end.InFlightItems));
    }

    [Fact]
    public void Stage_has_one_target()
    {
        using Line line = new(Token);
        Stage<int, int> stage = LineOf.Stage(line, "one", new(), item => ValueTask.FromResult(Outcome.Keep(item)));
        LineOf.Collect(stage);

        Assert.Throws<InvalidOperationException>(() => LineOf.Collect(stage));
    }

    [Fact]
    public void Options_report_every_problem_at_once()
    {
        StageOptions options = new() { CapacityItems = 0, WorkersMax = 9, BatchMax = 7, CapacityBytes = -1 };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => options.Checked());

        string[] problems = thrown.Message.Split(Environment.NewLine);
        Assert.Equal(4, problems.Length);
        Assert.Equal("CapacityItems is 0; it must be 1 to 65536 items.", problems[0]);
    }
}
