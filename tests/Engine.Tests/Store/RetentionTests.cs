using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>Goal: retention deletes whole sealed shards, oldest first, and never what a group still has to receive,
/// unless the policy says so.</summary>
public sealed class RetentionTests : IDisposable
{
    private const int ShardBytes = 1 << 20;
    private const int ImageBytes = 500_000; // two samples a shard

    private readonly StoreFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<DeletedShard> _deleted = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Oldest_shards_go_until_the_rest_is_within_the_size()
    {
        await using SampleStore store = Open(new() { BytesMax = 3 * ShardBytes });
        store.SettledSequence = () => long.MaxValue;
        await AppendAsync(store, 0, 11);

        await store.RetainAsync(Token);

        Assert.Equal([0, 1, 2], _deleted.Select(shard => shard.Number));
        Assert.Equal((7L, 11L), (store.FirstSequence, store.LastSequence));
        Assert.InRange(FilesBytes(), 2 * ShardBytes, 3 * ShardBytes);
        Assert.Equal([7L, 8, 9, 10, 11], store.List(0, 100).Select(one => one.Sequence));
        Assert.Equal([8L, 10], store.List(6, 100, rank: 0, world: 2).Select(one => one.Sequence));
        Sample[] kept = await StoreFolder.ReadAllAsync(store);
        Assert.All(Big(6, 5).Zip(kept), pair => Samples.AssertSame(pair.First, pair.Second));
        Assert.All(await store.AppendAsync(Big(0, 2), Token), Assert.Null); // their tries stay ended
    }

    [Fact]
    public async Task A_shard_goes_when_it_was_sealed_long_enough_ago_by_the_timer_alone()
    {
        await using SampleStore store = Open(new() { AgeMax = TimeSpan.FromHours(1) });
        store.SettledSequence = () => long.MaxValue;
        await AppendAsync(store, 0, 5);

        _clock.Advance(TimeSpan.FromMinutes(59));
        int early = _deleted.Count;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, early);
        Assert.Equal([(0, "age"), (1, "age")], _deleted.Select(shard => (shard.Number, shard.Cause)));
        Assert.Equal((5L, 1), (store.FirstSequence, Directory.GetFiles(_folder.Path, "shard-*").Length));
    }

    [Fact]
    public async Task What_a_group_has_not_acknowledged_stays_and_intake_waits_until_it_has()
    {
        await using SampleStore store = Open(new() { BytesMax = 2 * ShardBytes });
        long settled = 1;
        store.SettledSequence = () => Volatile.Read(ref settled);
        await AppendAsync(store, 0, 7);

        Task waiting = store.WaitForSpaceAsync(Token);
        bool waited = !waiting.IsCompleted;
        string? reason = store.PauseReason;
        Volatile.Write(ref settled, 2);
        await UntilAsync(() => _deleted.Count == 1);
        bool stillWaits = !waiting.IsCompleted;
        Volatile.Write(ref settled, 5);
        await UntilAsync(() => waiting.IsCompleted);

        Assert.True(waited && stillWaits && waiting.IsCompletedSuccessfully);
        Assert.Contains(
            "shard-000000.tar, has samples up to 2, of which the registered groups have acknowledged up to 1",
            reason, StringComparison.Ordinal);
        Assert.Null(store.PauseReason);
        Assert.Equal((5L, 0L), (store.FirstSequence, _deleted.Sum(shard => shard.Unacknowledged)));
    }

    [Fact]
    public async Task With_the_policy_delete_it_goes_and_is_told_loudly()
    {
        await using SampleStore store = Open(
            new() { BytesMax = 2 * ShardBytes, OnUnacknowledged = UnacknowledgedPolicy.Delete });
        store.SettledSequence = () => 1;
        StoredSample first = (await store.AppendAsync(Big(0, 1), Token))[0]!.Value;
        await AppendAsync(store, 1, 6);

        await store.WaitForSpaceAsync(Token);

        Assert.Equal([1L, 2], _deleted.Select(shard => shard.Unacknowledged));
        Assert.StartsWith("WARNING: ", _deleted[0].ToString(), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SampleDeletedException>(async () => await store.ReadAsync(first, Token));
    }

    [Fact]
    public async Task A_store_that_nobody_wired_deletes_nothing()
    {
        await using SampleStore store = Open(new() { BytesMax = 2 * ShardBytes, AgeMax = TimeSpan.FromMinutes(1) });
        await AppendAsync(store, 0, 9);

        _clock.Advance(TimeSpan.FromDays(9));
        await store.RetainAsync(Token);

        Assert.Empty(_deleted);
    }

    [Fact]
    public async Task A_stop_before_the_unlink_leaves_a_file_that_the_next_open_unlinks_and_a_missing_one_is_fine()
    {
        RetentionOptions bounds = new() { BytesMax = 2 * ShardBytes };
        await using (SampleStore store = Open(bounds))
        {
            store.SettledSequence = () => long.MaxValue;
            await AppendAsync(store, 0, 7);
            _folder.Files.OnDelete = _ => throw FaultFiles.Broken;
            await Assert.ThrowsAsync<StoreReadOnlyException>(() => store.RetainAsync(Token));
            _folder.Files.OnDelete = _ => { };
        }

        bool wasLeft = File.Exists(_folder.Shard(0));
        using (StoreView view = StoreView.Open(_folder.Path))
        {
            Assert.Empty(view.Verify(null, Token));
        }

        for (int open = 0; open < 2; open++)
        {
            await using SampleStore store = Open(bounds);
            Assert.Equal((3L, 7L, false), (store.FirstSequence, store.LastSequence, File.Exists(_folder.Shard(0))));
        }

        Assert.True(wasLeft);
    }

    [Fact]
    public async Task A_view_counts_lists_and_verifies_what_is_left()
    {
        await using SampleStore store = Open(new() { BytesMax = 2 * ShardBytes });
        store.SettledSequence = () => long.MaxValue;
        await AppendAsync(store, 0, 9);
        using StoreView view = StoreView.Open(_folder.Path);
        StoredSample before = view.List(0, 1).Single();

        await store.RetainAsync(Token);

        StoreStat stat = view.Stat();
        Assert.Equal(_deleted.Count, stat.DeletedShards);
        Assert.Equal(
            (9 - _deleted.Sum(shard => shard.Samples), 9L), (stat.Samples, stat.AcceptedByCategory.Values.Sum()));
        Assert.Equal(store.FirstSequence, view.FirstSequence());
        Assert.Equal(store.FirstSequence, view.List(0, view.LastSequence()).First().Sequence);
        Assert.Empty(view.Verify(null, Token));
        Assert.Throws<SampleDeletedException>(() => view.Read(before));
    }

    [Fact]
    public void A_size_below_two_shards_is_refused()
    {
        StoreOptions options = _folder.Options with { Retention = new() { BytesMax = (2 * ShardBytes) - 1 } };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => _folder.Open(options));

        Assert.Contains("at least 2097152, twice shard_bytes_max", refused.Message, StringComparison.Ordinal);
    }

    private static Sample[] Big(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => Samples.Of(number, ImageBytes))];

    private static async Task AppendAsync(SampleStore store, int first, int count)
    {
        foreach (Sample sample in Big(first, count))
        {
            await store.AppendAsync([sample], Token);
        }
    }

    private SampleStore Open(RetentionOptions retention)
    {
        SampleStore store = _folder.Open(_folder.Options with { Retention = retention }, _clock);
        store.Deleted = _deleted.Add;
        return store;
    }

    private long FilesBytes() => Directory.GetFiles(_folder.Path, "shard-*").Sum(path => new FileInfo(path).Length);

    private async Task UntilAsync(Func<bool> isDone)
    {
        using CancellationTokenSource hang = new(TimeSpan.FromSeconds(60));
        while (!isDone())
        {
            hang.Token.ThrowIfCancellationRequested();
            _clock.Advance(_folder.Options.FreePollInterval);
            await Task.Yield();
        }
    }
}
