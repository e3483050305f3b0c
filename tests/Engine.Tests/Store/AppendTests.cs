using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

public sealed class AppendTests
{
    [Fact]
    public async Task What_was_appended_is_listed_and_read_back_byte_for_byte()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        Sample[] samples = Samples.Range(0, 20);

        IReadOnlyList<StoredSample?> stored = await store.AppendAsync(samples);

        Assert.Equal(stored.Select(one => one!.Value), store.List(0, 100));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), stored.Select(one => one!.Value.Sequence));
        Sample[] read = await StoreFolder.ReadAllAsync(store);
        Assert.All(samples.Zip(read), pair => Samples.AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public async Task A_try_that_has_ended_is_not_stored_again()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        (Sample a, Sample b, Sample c) = (Samples.Of(0), Samples.Of(1), Samples.Of(2));
        await store.AppendAsync([a]);
        await store.RecordRejectionsAsync([new(c.PromptId, c.Attempt, c.Category, "filter", "score_low", null)]);

        IReadOnlyList<StoredSample?> stored = await store.AppendAsync([a, b, b, c]);

        Assert.Equal([null, 2, null, null], stored.Select(one => one?.Sequence));
        Assert.Equal([a.Key, b.Key], store.List(0, 10).Select(one => one.Key));
    }

    [Fact]
    public async Task An_empty_batch_stores_nothing()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();

        IReadOnlyList<StoredSample?> stored = await store.AppendAsync([]);

        Assert.Empty(stored);
        Assert.Equal(0, store.LastSequence);
    }

    [Fact]
    public async Task A_shard_outgrows_its_bound_only_by_a_sample_that_is_larger_by_itself()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        int[] imageBytes = [600_000, 400_000, 2_000_000, 10, 500_000, 500_000, 700_000];

        await store.AppendAsync([.. imageBytes.Select((bytes, n) => Samples.Of(n, bytes))]);

        ILookup<int, StoredSample> shards = store.List(0, 100).ToLookup(one => one.Shard);
        Assert.Equal([2, 1, 3, 1], shards.Select(shard => shard.Count()));
        Assert.All(shards, shard =>
            Assert.True(new FileInfo(folder.Shard(shard.Key)).Length <= 1 << 20 || shard.Count() == 1));
    }

    [Fact]
    public async Task A_wrong_sample_is_refused_by_name_before_anything_is_written()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open(folder.Options with { SampleBytesMax = 5000 });
        Sample good = Samples.Of(0);
        Sample[] wrong =
        [
            good with { Key = "elsewhere" },
            good with { ImageExtension = "../x" },
            good with { PromptId = "a.b", Key = "a.b-000000" },
            good with { Category = string.Empty },
            good with { Attempt = -1, Key = $"{good.PromptId}--00001" },
            Samples.Of(1, imageBytes: 5000),
        ];

        foreach (Sample one in wrong)
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
                () => store.AppendAsync([Samples.Of(2), one]));
            Assert.Contains("must", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, store.LastSequence);
        Assert.Equal(0, new FileInfo(folder.Shard(0)).Length);
    }

    [Fact]
    public async Task A_batch_given_up_while_it_waits_its_turn_stores_nothing()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.AppendAsync(Samples.Range(0, 3), cancelled.Token));

        Assert.Equal(0, store.LastSequence);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_new_data_directory_is_for_its_owner_only()
    {
        using StoreFolder folder = new();

        await using SampleStore store = folder.Open();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder.Path));
    }

    [Fact]
    public async Task The_stream_keeps_its_id_and_another_store_has_another()
    {
        using StoreFolder folder = new();
        using StoreFolder other = new();
        await using SampleStore otherStore = other.Open();
        string first = await IdAsync(folder);

        string second = await IdAsync(folder);

        Assert.Equal(first, second);
        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.NotEqual(first, otherStore.StreamId);

        static async Task<string> IdAsync(StoreFolder folder)
        {
            await using SampleStore store = folder.Open();
            return store.StreamId;
        }
    }

    [Fact]
    public async Task A_directory_may_be_given_relative_to_where_the_process_runs()
    {
        using StoreFolder folder = new();
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder.Path);

        await using (SampleStore store = SampleStore.Open(
            folder.Options with { Directory = relative, FreeBytesMin = 1 }, TimeProvider.System))
        {
            await store.WaitForSpaceAsync();
            await store.AppendAsync(Samples.Range(0, 2));
        }

        Assert.Equal(2, (await folder.ReadAllAsync()).Length);
    }
}
