using Engine.Items;
using Engine.Store;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: an export that runs beside the daemon, again and again into the same folder, never fails, holds whole samples
/// only, and in the end each of the store's once. Method: the commands as processes beside a real daemon that makes
/// samples all the time, and in one test deletes them too; the data sets are compared with the store by their bytes.
/// </summary>
public sealed class ExportBesideDaemonTests : IDisposable
{
    private const int Rounds = 3;
    private const string Window = "deliver: {backlog_max_items: 16}";
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SamplePause = TimeSpan.FromMilliseconds(20);

    private readonly TempFolder _folder = new();
    private readonly ExportedSets _sets;

    public ExportBesideDaemonTests() => _sets = new(_folder);

    private static ITestOutputHelper Output => TestContext.Current.TestOutputHelper!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Beside_a_daemon_that_writes_they_end_with_each_sample_once_in_order_as_it_was_stored()
    {
        using DaemonProcess daemon = await DaemonProcess.StartAsync(
            FastLine.Config(_folder, ["tcp://127.0.0.1:0"], Window));
        using CancellationTokenSource stop = new();
        Task pace = PaceAsync(daemon, stop.Token);
        int exported = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long before = await ReachesAsync(view => view.LastSequence(), exported + 50);
            int added = await _sets.AddAsync();
            exported += added;
            Output.WriteLine($"{before} samples before, {added} added, {LastSequence()} after");
            Assert.InRange(added, 50, int.MaxValue);
            Assert.Equal(Enumerable.Range(1, exported), _sets.CocoSequences());
            Assert.True(LastSequence() > before, "nothing was written while the exports ran");
        }

        await DrainAsync(daemon);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pace);
        await _sets.AddAsync();

        using StoreView view = Open();
        StoredSample[] stored = [.. view.List(0, view.LastSequence())];
        Assert.Equal(Enumerable.Range(1, stored.Length), stored.Select(sample => (int)sample.Sequence));
        Assert.Equal(Enumerable.Range(1, stored.Length), _sets.CocoSequences());
        _sets.AssertPicturesAre(view, stored);
        Assert.Equal(stored.Length, _sets.AssertShardsEndWith(view, stored));
        _sets.AssertNothingIsUnfinished();
    }

    [Fact]
    public async Task Beside_a_daemon_that_deletes_they_miss_what_is_gone_and_hold_nothing_by_halves()
    {
        using DaemonProcess daemon = await DaemonProcess.StartAsync(FastLine.Config(
            _folder, ["tcp://127.0.0.1:0"], "", sidePx: 64,
            store: "shard_bytes_max: 1MiB, retention: {bytes_max: 2MiB}"));
        long exported = 0;
        for (int overlaps = 0, round = 0; overlaps < Rounds; round++)
        {
            Assert.InRange(round, 0, 10 * Rounds); // else nothing is ever deleted while the exports run
            long first = await ReachesAsync(view => view.FirstSequence(), exported + 1);
            int added = await _sets.AddAsync();
            int[] now = _sets.CocoSequences();
            exported = now[^1];
            Output.WriteLine($"kept from {first} on before, {added} added up to {exported}, {FirstSequence()} after");
            Assert.Equal(now.Order().Distinct(), now);
            overlaps += FirstSequence() > first ? 1 : 0;
        }

        await DrainAsync(daemon);
        await _sets.AddAsync();

        using StoreView view = Open();
        StoredSample[] left = [.. view.List(0, view.LastSequence())];
        int[] coco = _sets.CocoSequences();
        Assert.Equal(coco.Order().Distinct(), coco);
        Assert.InRange(coco.Length, left.Length, view.LastSequence() - 1); // some were deleted before
        Assert.Equal(left.Select(sample => (int)sample.Sequence), coco[^left.Length..]);
        _sets.AssertPicturesAre(view, left);
        Assert.InRange(_sets.AssertShardsEndWith(view, left), left.Length, view.LastSequence() - 1);
        _sets.AssertNothingIsUnfinished();
    }

    private static async Task DrainAsync(DaemonProcess daemon)
    {
        daemon.Signal("TERM");
        Assert.True(await daemon.ExitCodeAsync() == 0, daemon.Said);
    }

    /// <summary>Lets the line make 50 samples a second, by acknowledging them one by one: an export, which flushes each
    /// file, is slower than a free line and would have more to do with each round.</summary>
    private async Task PaceAsync(DaemonProcess daemon, CancellationToken stopping)
    {
        await using WireClient client = new(
            new WireClientOptions { Address = WireAddress.Parse(daemon.Samples), Group = "pace" }, TimeProvider.System);
        using PeriodicTimer pause = new(SamplePause);
        long before = LastSequence(); // made while nobody was registered to wait for
        await foreach (SampleFrame sample in client.ReadAllAsync(stopping))
        {
            await client.AckAsync(sample.Position, stopping);
            if (sample.Sequence > before)
            {
                await pause.WaitForNextTickAsync(stopping);
            }
        }
    }

    private StoreView Open() => StoreView.Open(_folder.File("data"));

    private long LastSequence()
    {
        using StoreView view = Open();
        return view.LastSequence();
    }

    private long FirstSequence()
    {
        using StoreView view = Open();
        return view.FirstSequence();
    }

    /// <summary>Waits until a number of the store's is above a bound, and tells it.</summary>
    private async Task<long> ReachesAsync(Func<StoreView, long> number, long above)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        limit.CancelAfter(HangLimit);
        using StoreView view = Open();
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(20));
        while (number(view) <= above)
        {
            await look.WaitForNextTickAsync(limit.Token);
        }

        return number(view);
    }
}
