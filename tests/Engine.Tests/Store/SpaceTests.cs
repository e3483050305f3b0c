using Engine.Store;
using Tests.Shared;

namespace Engine.Tests.Store;

public sealed class SpaceTests
{
    [Fact]
    public async Task Intake_waits_below_the_mark_and_goes_on_by_itself_when_there_is_space()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        StoreOptions options = folder.Options with { FreeBytesMin = 1000 };
        await using SampleStore store = folder.Open(options, clock);
        (long free, int looks) = (999, 0);
        folder.Files.Free = () =>
        {
            Interlocked.Increment(ref looks);
            return Volatile.Read(ref free);
        };

        Task waiting = store.WaitForSpaceAsync();
        await AdvanceUntilAsync(clock, options, () => Volatile.Read(ref looks) > 3);
        bool wasPaused = store.IsPaused && !waiting.IsCompleted;
        Volatile.Write(ref free, 1000);
        await AdvanceUntilAsync(clock, options, () => waiting.IsCompleted);

        Assert.True(wasPaused);
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.False(store.IsPaused);
    }

    [Fact]
    public async Task With_space_intake_does_not_wait()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, new ManualClock());
        folder.Files.Free = () => 1000;

        Task waiting = store.WaitForSpaceAsync();

        Assert.True(waiting.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task After_a_full_disk_intake_waits_once_even_where_the_free_bytes_look_enough()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open(time: clock);
        folder.Files.OnWrite = (_, _, _) => throw FaultFiles.Full;
        await Assert.ThrowsAsync<StoreFullException>(() => store.AppendAsync(Samples.Range(0, 1)));

        Task waiting = store.WaitForSpaceAsync();
        bool waited = !waiting.IsCompleted;
        await AdvanceUntilAsync(clock, folder.Options, () => waiting.IsCompleted);

        Assert.True(waited);
        Assert.True(store.WaitForSpaceAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_wait_for_space_ends_when_it_is_cancelled()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, new ManualClock());
        folder.Files.Free = () => 0;
        using CancellationTokenSource stop = new();

        Task waiting = store.WaitForSpaceAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(store.IsPaused);
    }

    [Fact]
    public async Task The_disk_says_how_much_is_free()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();

        long free = DiskFiles.Instance.FreeBytes(folder.Path);

        Assert.InRange(free, 1, new DriveInfo(folder.Path).TotalSize);
    }

    // The store sets its timer on a thread of its own choice, so the clock moves until the store has seen it move.
    private static async Task AdvanceUntilAsync(ManualClock clock, StoreOptions options, Func<bool> isDone)
    {
        using CancellationTokenSource hang = new(TimeSpan.FromSeconds(60));
        while (!isDone())
        {
            hang.Token.ThrowIfCancellationRequested();
            clock.Advance(options.FreePollInterval);
            await Task.Yield();
        }
    }
}
