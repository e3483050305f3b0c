using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Record;
using Engine.Store;
using Engine.Tests.Store;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Record;

public sealed class RecordStepTests
{
    [Fact]
    public async Task Every_sample_has_one_outcome_in_order_and_a_duplicate_is_dropped()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        (Sample a, Sample b) = (Samples.Of(0), Samples.Of(1));
        RecordStep step = new(store);

        IReadOnlyList<Outcome<StoredSample>> outcomes = await step.RunAsync([a, a, b], default);

        Assert.Equal([null, RejectReason.Duplicate, null], outcomes.Select(one => one.DropReason));
        Assert.Equal([a.Key, b.Key], new[] { outcomes[0].Value.Key, outcomes[2].Value.Key });
        Assert.Equal(store.List(0, 10), [outcomes[0].Value, outcomes[2].Value]);
    }

    [Fact]
    public async Task A_full_disk_makes_the_step_wait_and_it_goes_on_by_itself_with_nothing_lost_or_twice()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open(time: clock);
        RecordStep step = new(store);
        int refused = 0;
        folder.Files.OnWrite = (_, bytes, _) => Interlocked.Increment(ref refused) <= 3 ? throw FaultFiles.Full : bytes;

        Task<IReadOnlyList<Outcome<StoredSample>>> recording = step.RunAsync(Samples.Range(0, 4), default).AsTask();
        bool waited = !recording.IsCompleted && store.IsPaused;
        await AdvanceUntilAsync(clock, recording);

        Assert.True(waited);
        Assert.All(await recording, outcome => Assert.Null(outcome.DropReason));
        Assert.Equal(4, (await StoreFolder.ReadAllAsync(store)).Length);
    }

    [Fact]
    public async Task Too_little_free_space_makes_the_step_wait_before_it_writes()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, clock);
        RecordStep step = new(store);
        long free = 10;
        folder.Files.Free = () => Volatile.Read(ref free);

        Task<IReadOnlyList<Outcome<StoredSample>>> recording = step.RunAsync(Samples.Range(0, 4), default).AsTask();
        clock.Advance(TimeSpan.FromSeconds(5));
        (bool waited, long written) = (!recording.IsCompleted, new FileInfo(folder.Shard(0)).Length);
        Volatile.Write(ref free, 1000);
        await AdvanceUntilAsync(clock, recording);

        Assert.True(waited);
        Assert.Equal(0, written);
        Assert.Equal(4, store.LastSequence);
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, new ManualClock());
        RecordStep step = new(store);
        folder.Files.Free = () => 0;
        using CancellationTokenSource stopping = new();

        Task recording = step.RunAsync(Samples.Range(0, 4), stopping.Token).AsTask();
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recording);
        Assert.Equal(0, store.LastSequence);
    }

    [Fact]
    public async Task A_broken_disk_ends_the_line()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        RecordStep step = new(store);
        folder.Files.OnFlush = _ => throw FaultFiles.Broken;

        await Assert.ThrowsAsync<StoreReadOnlyException>(() => step.RunAsync(Samples.Range(0, 4), default).AsTask());
    }

    // The store sets its timer on a thread of its own choice, so the clock moves until the step has seen it move.
    private static async Task AdvanceUntilAsync(ManualClock clock, Task done)
    {
        using CancellationTokenSource hang = new(TimeSpan.FromSeconds(60));
        while (!done.IsCompleted)
        {
            hang.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
