using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: a loop whose thread is lent goes on whatever the borrower does, each step once, never on two threads
/// at a time. Method: a loop that counts, and borrowers that stay until the test lets them go.</summary>
public sealed class LendingLoopTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_step_is_made_once_and_in_order_whoever_stays()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        Random random = new(seed);
        bool[] stays = [.. Enumerable.Range(0, 2000).Select(_ => random.Next(40) == 0)];
        int made = 0;
        List<int> seen = [];
        using SemaphoreSlim next = new(0);
        LendingLoop? loop = null;
        loop = new LendingLoop(
            () =>
            {
                while (made < stays.Length)
                {
                    int step = made++;
                    int turn = loop!.Lend();
                    lock (seen)
                    {
                        seen.Add(step);
                    }

                    if (step > 0 && stays[step - 1])
                    {
                        next.Release();
                    }

                    // Waits for the very step that only the loop can make.
                    if (stays[step] && step + 1 < stays.Length)
                    {
                        Assert.True(next.Wait(HangLimit, Token));
                    }

                    if (!loop.TakeBack(turn))
                    {
                        return;
                    }
                }

                loop!.End();
            },
            TimeProvider.System);

        loop.Start();
        await loop.Ended.WaitAsync(HangLimit, Token);

        loop.Dispose();
        Assert.Equal(Enumerable.Range(0, stays.Length), seen);
    }

    [Fact]
    public async Task Loop_is_taken_over_at_once_when_asked_and_who_comes_back_leaves_it()
    {
        ManualClock clock = new();
        TaskCompletionSource isLent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<bool> wasTakenBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim goBack = new();
        int runs = 0;
        LendingLoop? loop = null;
        loop = new LendingLoop(
            () =>
            {
                if (Interlocked.Increment(ref runs) > 1)
                {
                    loop!.End();
                    return;
                }

                int turn = loop!.Lend();
                isLent.SetResult();
                goBack.Wait(Token);
                wasTakenBack.SetResult(loop.TakeBack(turn));
            },
            clock);
        loop.Start();
        await isLent.Task.WaitAsync(HangLimit, Token);

        loop.TakeOver();
        loop.TakeOver(); // finds nothing that is lent
        await loop.Ended.WaitAsync(HangLimit, Token);
        goBack.Set();

        Assert.False(await wasTakenBack.Task.WaitAsync(HangLimit, Token));
        Assert.Equal(2, runs);
        loop.Dispose();
    }

    [Fact]
    public async Task Watch_takes_over_what_it_sees_lent_twice_and_nothing_else()
    {
        ManualClock clock = new();
        using SemaphoreSlim go = new(0);
        using SemaphoreSlim isLent = new(0);
        int runs = 0;
        bool isOver = false;
        LendingLoop? loop = null;
        loop = new LendingLoop(
            () =>
            {
                Interlocked.Increment(ref runs);
                while (true)
                {
                    int turn = loop!.Lend();
                    isLent.Release();
                    go.Wait(Token);
                    if (!loop.TakeBack(turn))
                    {
                        return;
                    }

                    if (Volatile.Read(ref isOver))
                    {
                        loop.End();
                        return;
                    }
                }
            },
            clock);
        loop.Start();
        async Task LentAsync() => Assert.True(await isLent.WaitAsync(HangLimit, Token));
        await LentAsync();

        for (int i = 0; i < 20; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10)); // sees each turn once
            go.Release();
            await LentAsync();
        }

        Assert.Equal(1, Volatile.Read(ref runs));
        clock.Advance(TimeSpan.FromMilliseconds(10));
        clock.Advance(TimeSpan.FromMilliseconds(10)); // sees the last one twice
        await LentAsync();

        Assert.Equal(2, Volatile.Read(ref runs));
        Volatile.Write(ref isOver, true);
        go.Release(2); // the first thread finds its turn over, the second one its own
        await loop.Ended.WaitAsync(HangLimit, Token);
        Assert.Equal(2, Volatile.Read(ref runs));
        loop.Dispose();
    }
}
