using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

public sealed class ReadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(50)]
    public async Task Ranks_share_the_samples_without_overlap_or_loss_from_any_cursor(int world)
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 40));

        for (long after = 0; after <= 40; after += 13)
        {
            StoredSample[][] ranks =
                [.. Enumerable.Range(0, world).Select(rank => store.List(after, 100, rank, world).ToArray())];

            Assert.All(ranks, (samples, rank) => Assert.All(samples, one => Assert.Equal(rank, one.Sequence % world)));
            Assert.All(ranks, samples => Assert.Equal(samples.OrderBy(one => one.Sequence), samples));
            Assert.Equal(
                store.List(after, 100).Select(one => one.Sequence),
                ranks.SelectMany(samples => samples).Select(one => one.Sequence).Order());
        }
    }

    [Fact]
    public async Task Pages_of_any_size_join_to_the_whole_list()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 30));

        for (int size = 1; size <= 31; size += 5)
        {
            List<long> read = [];
            for (IReadOnlyList<StoredSample> page = store.List(0, size, 1, 2); page.Count > 0;)
            {
                Assert.InRange(page.Count, 1, size);
                read.AddRange(page.Select(one => one.Sequence));
                page = store.List(page[^1].Sequence, size, 1, 2);
            }

            Assert.Equal(Enumerable.Range(0, 15).Select(n => (2L * n) + 1), read);
        }
    }

    [Theory]
    [InlineData(-1, 1, 0, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 1, 1, 1)]
    [InlineData(0, 1, -1, 1)]
    [InlineData(0, 1, 0, 0)]
    public async Task Wrong_list_arguments_are_refused(long after, int max, int rank, int world)
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();

        Assert.Throws<ArgumentOutOfRangeException>(() => store.List(after, max, rank, world));
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_sample_is_found_and_named()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 3));
        StoredSample middle = store.List(1, 1)[0];

        for (long offset = middle.Offset; offset < middle.Offset + middle.Length; offset += 7)
        {
            RecoveryTests.Flip(folder, offset);
            StoreDamagedException damaged = await Assert.ThrowsAsync<StoreDamagedException>(
                async () => await store.ReadAsync(middle));
            RecoveryTests.Flip(folder, offset);
            Assert.Equal((0, middle.Offset), (damaged.Shard, damaged.Offset));
            Assert.StartsWith(
                $"shard-000000.tar is damaged at byte {middle.Offset}:", damaged.Message, StringComparison.Ordinal);
        }

        Samples.AssertSame(Samples.Of(1), await store.ReadAsync(middle));
    }

    [Fact]
    public async Task A_shard_that_vanished_or_shrank_while_open_is_damage_and_not_a_crash()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 3));
        StoredSample last = store.List(2, 1)[0];

        using (FileStream shard = new(folder.Shard(0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            shard.SetLength(last.Offset + 100);
        }

        StoreDamagedException shrunk = await Assert.ThrowsAsync<StoreDamagedException>(
            async () => await store.ReadAsync(last));
        File.Delete(folder.Shard(0));
        StoreDamagedException gone = await Assert.ThrowsAsync<StoreDamagedException>(
            async () => await store.ReadAsync(last));

        Assert.Contains("100 were found", shrunk.Message, StringComparison.Ordinal);
        Assert.Contains("missing", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_waiter_wakes_at_a_commit_above_its_sequence_and_no_other()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();

        Task[] waiting = [.. Enumerable.Range(0, 5).Select(n => store.WaitForSequenceAsync(n))];
        await store.AppendAsync(Samples.Range(0, 3));
        await Task.WhenAll(waiting[..3]).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(waiting[3].IsCompleted || waiting[4].IsCompleted);
        await store.AppendAsync(Samples.Range(3, 2));
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_waiter_of_a_store_that_closes_is_told()
    {
        using StoreFolder folder = new();
        SampleStore store = folder.Open();
        Task waiting = store.WaitForSequenceAsync(0);

        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_only_whole_samples_in_order()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        const int Total = 200;

        Task[] readers = [.. Enumerable.Range(0, 3).Select(rank => Task.Run(async () =>
        {
            long expected = rank == 0 ? 3 : rank;
            for (long seen = 0; expected <= Total;)
            {
                await store.WaitForSequenceAsync(expected - 1);
                foreach (StoredSample stored in store.List(seen, 16, rank, 3))
                {
                    Samples.AssertSame(Samples.Of((int)stored.Sequence - 1), await store.ReadAsync(stored));
                    Assert.Equal(expected, stored.Sequence);
                    (seen, expected) = (stored.Sequence, expected + 3);
                }
            }
        }))];
        for (int n = 0; n < Total; n += 8)
        {
            await store.AppendAsync(Samples.Range(n, 8));
        }

        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
    }
}
