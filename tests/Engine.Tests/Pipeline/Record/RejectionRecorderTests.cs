using Engine.Items;
using Engine.Pipeline.Record;
using Engine.Store;
using Engine.Tests.Store;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Record;

public sealed class RejectionRecorderTests
{
    private static readonly RecordOptions Options = new() { RejectionBatchMax = 10 };

    [Fact]
    public async Task A_full_buffer_is_in_the_ledger_when_the_call_ends()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await using RejectionRecorder recorder = new(store, Options, new ManualClock());

        await AddAsync(recorder, count: 9);
        int before = Recorded(store);
        await AddAsync(recorder, count: 1, first: 9);

        Assert.Equal((0, 10), (before, Recorded(store)));
    }

    [Fact]
    public async Task A_buffer_that_is_not_full_is_written_when_the_linger_ends()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open();
        await using RejectionRecorder recorder = new(store, Options, clock);

        await AddAsync(recorder, count: 3);
        clock.Advance(Options.RejectionLinger);
        await recorder.WriteAsync(default); // takes its turn after the linger's own write
        await AddAsync(recorder, count: 2, first: 3);
        clock.Advance(Options.RejectionLinger);
        await recorder.WriteAsync(default);

        Assert.Equal(5, Recorded(store));
    }

    [Fact]
    public async Task Closing_writes_the_rest()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();

        await using (RejectionRecorder recorder = new(store, Options, new ManualClock()))
        {
            await AddAsync(recorder, count: 4);
        }

        Assert.Equal(4, Recorded(store));
    }

    [Fact]
    public async Task Workers_that_add_at_once_lose_none_and_double_none()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await using RejectionRecorder recorder = new(store, Options, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            () => AddAsync(recorder, count: 55, first: worker * 55))));
        await recorder.WriteAsync(default);

        Assert.Equal(8 * 55, Recorded(store));
    }

    [Fact]
    public async Task A_full_disk_holds_the_line_back_and_what_was_refused_goes_in_later()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, clock);
        await using RejectionRecorder recorder = new(store, Options, clock);
        long free = 0;
        folder.Files.Free = () => Volatile.Read(ref free);

        Task adding = AddAsync(recorder, count: 10);
        (bool waits, int before) = (!adding.IsCompleted, Recorded(store));
        Volatile.Write(ref free, 1000);
        using CancellationTokenSource hang = new(TimeSpan.FromSeconds(60));
        while (!adding.IsCompleted)
        {
            hang.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await adding;
        Assert.True(waits);
        Assert.Equal((0, 10), (before, Recorded(store)));
    }

    [Fact]
    public async Task Closing_on_a_full_disk_does_not_hang()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open(folder.Options with { FreeBytesMin = 1000 }, clock);
        RejectionRecorder recorder = new(store, Options, clock);
        folder.Files.Free = () => 0;
        await AddAsync(recorder, count: 1);
        clock.Advance(Options.RejectionLinger); // its write now waits for space

        await recorder.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, Recorded(store)); // the reserve below the mark is there for this
    }

    [Fact]
    public async Task A_write_that_failed_in_the_background_is_told_at_the_next_call()
    {
        using StoreFolder folder = new();
        ManualClock clock = new();
        await using SampleStore store = folder.Open();
        await using RejectionRecorder recorder = new(store, Options, clock);
        store.RunOnLedger("CREATE TRIGGER broken BEFORE INSERT ON ended BEGIN SELECT RAISE(ABORT, 'broken'); END");

        await AddAsync(recorder, count: 1);
        clock.Advance(Options.RejectionLinger);
        StoreException told = await Assert.ThrowsAnyAsync<StoreException>(() => recorder.WriteAsync(default));
        StoreException again = await Assert.ThrowsAnyAsync<StoreException>(() => AddAsync(recorder, 1, first: 1));

        Assert.Contains("broken", told.Message, StringComparison.Ordinal);
        Assert.Contains("broken", again.Message, StringComparison.Ordinal);
    }

    private static async Task AddAsync(RejectionRecorder recorder, int count, int first = 0)
    {
        for (int n = first; n < first + count; n++)
        {
            await recorder.AddAsync(new("prompt", n, "otter", "filter", RejectReason.ScoreLow, null), default);
        }
    }

    private static int Recorded(SampleStore store) => (int)store.LoadState().Rejected.Values.Sum();
}
