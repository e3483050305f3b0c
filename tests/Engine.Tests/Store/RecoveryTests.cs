using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

public sealed class RecoveryTests
{
    [Fact]
    public async Task A_shard_shorter_than_the_ledger_says_is_refused_at_every_length()
    {
        using StoreFolder folder = new();
        long end = await AppendAsync(folder, Samples.Range(0, 5));
        using FileStream shard = Handle(folder);
        using Ledger ledger = Ledger.Open(folder.Path);
        long from = end - (2 * (end / 5));

        for (long length = end - 1; length >= from; length--)
        {
            shard.SetLength(length);
            StoreDamagedException lost = Assert.Throws<StoreDamagedException>(
                () => Recovery.Run(folder.Path, ledger, folder.Files));
            Assert.Equal((0, length), (lost.Shard, lost.Offset));
            Assert.Contains($"{end} bytes", lost.Message, StringComparison.Ordinal);
            Assert.Contains($"{length} bytes", lost.Message, StringComparison.Ordinal);
            Assert.Contains("shard-000000.tar", lost.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_shard_that_lost_bytes_is_refused_when_the_store_is_opened_and_is_left_as_it_is()
    {
        using StoreFolder folder = new();
        long end = await AppendAsync(folder, Samples.Range(0, 5));
        using FileStream shard = Handle(folder);

        for (long length = end - 1; length >= 0; length -= 389)
        {
            shard.SetLength(length);
            Assert.Throws<StoreDamagedException>(() => folder.Open());
            Assert.Equal(length, shard.Length);
        }
    }

    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_off()
    {
        using StoreFolder folder = new();
        long end = await AppendAsync(folder, Samples.Range(0, 2));
        byte[] torn = await MembersAsync(Samples.Range(2, 2));
        using FileStream shard = Handle(folder);
        using Ledger ledger = Ledger.Open(folder.Path);

        for (int length = 0; length <= torn.Length; length++)
        {
            Tear(shard, end, torn.AsSpan(0, length));
            using OpenShard open = Recovery.Run(folder.Path, ledger, folder.Files);
            Assert.Equal((end, end, 0), (shard.Length, open.Bytes, open.Number));
        }
    }

    [Fact]
    public async Task After_a_torn_tail_all_that_was_accepted_is_there_and_the_torn_samples_go_in_again()
    {
        using StoreFolder folder = new();
        long end = await AppendAsync(folder, Samples.Range(0, 2));
        byte[] torn = await MembersAsync(Samples.Range(2, 2));
        int accepted = 2;

        for (int length = 1; length <= torn.Length; length += 97) // a prime: every place within a block is met
        {
            using (FileStream shard = Handle(folder))
            {
                Tear(shard, shard.Length, torn.AsSpan(0, length));
            }

            await using SampleStore store = folder.Open();
            await store.AppendAsync([Samples.Of(accepted++)]);
            Assert.Equal(accepted, store.LastSequence);
        }

        Sample[] read = await folder.ReadAllAsync();
        Assert.True(new FileInfo(folder.Shard(0)).Length > end);
        Assert.All(Samples.Range(0, accepted).Zip(read), pair => Samples.AssertSame(pair.First, pair.Second));
    }

    [Fact]
    public async Task A_missing_shard_is_refused_by_name()
    {
        using StoreFolder folder = new();
        long end = await AppendAsync(folder, Samples.Range(0, 3));
        File.Delete(folder.Shard(0));

        StoreDamagedException lost = Assert.Throws<StoreDamagedException>(() => folder.Open());

        Assert.Contains("shard-000000.tar", lost.Message, StringComparison.Ordinal);
        Assert.Contains($"{end} bytes", lost.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_sealed_shard_of_another_length_is_refused(int difference)
    {
        using StoreFolder folder = new();
        await AppendAsync(folder, [.. Enumerable.Range(0, 4).Select(n => Samples.Of(n, imageBytes: 600_000))]);
        using (FileStream shard = Handle(folder, number: 1))
        {
            shard.SetLength(shard.Length + difference);
        }

        StoreDamagedException changed = Assert.Throws<StoreDamagedException>(() => folder.Open());

        Assert.Equal(1, changed.Shard);
    }

    [Theory]
    [InlineData("shard-000001.tar")]
    [InlineData("shard-7.tar")]
    public async Task A_shard_that_the_ledger_does_not_know_is_refused_and_left_alone(string name)
    {
        using StoreFolder folder = new();
        await AppendAsync(folder, Samples.Range(0, 1));
        string stray = Path.Combine(folder.Path, name);
        await File.WriteAllTextAsync(stray, "somebody's");

        StoreException refused = Assert.Throws<StoreException>(() => folder.Open());

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Equal("somebody's", await File.ReadAllTextAsync(stray));
    }

    [Fact]
    public async Task Shards_without_their_ledger_are_refused()
    {
        using StoreFolder folder = new();
        await AppendAsync(folder, Samples.Range(0, 3));
        File.Delete(Path.Combine(folder.Path, "ledger.db"));

        StoreException refused = Assert.Throws<StoreException>(() => folder.Open());

        Assert.Contains("ledger.db", refused.Message, StringComparison.Ordinal);
        Assert.True(new FileInfo(folder.Shard(0)).Length > 0);
    }

    [Fact]
    public async Task A_stop_between_the_flush_and_the_ledger_leaves_nothing_visible_and_no_bytes()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 3));
        long end = new FileInfo(folder.Shard(0)).Length;
        int images = 0;
        List<(long Visible, long Bytes, long Before)> found = [];
        folder.Files.AfterFlush = _ =>
        {
            string name = $"stopped-{images++}";
            long before = new FileInfo(folder.Shard(0)).Length;
            SampleStore stopped = folder.OpenCopy(name);
            found.Add((stopped.LastSequence, stopped.List(0, 100).Sum(one => (long)one.Length), before));
            stopped.DisposeAsync().AsTask().Wait();
        };

        await store.AppendAsync(Samples.Range(3, 4));

        (long visible, long bytes, long flushed) = Assert.Single(found);
        Assert.True(flushed > end);
        Assert.Equal((3, end), (visible, bytes));
        string copy = Path.Combine(Path.GetDirectoryName(folder.Path)!, "stopped-0", "shard-000000.tar");
        Assert.Equal(end, new FileInfo(copy).Length);
    }

    [Fact]
    public async Task A_stop_while_a_batch_crosses_shards_leaves_nothing_visible_and_the_next_batch_fits()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        Sample[] batch = [.. Enumerable.Range(1, 5).Select(n => Samples.Of(n, imageBytes: 600_000))];
        await store.AppendAsync([Samples.Of(0)]);
        List<SampleStore> stopped = [];
        folder.Files.AfterFlush = _ => stopped.Add(folder.OpenCopy($"stopped-{stopped.Count}"));

        await store.AppendAsync(batch);

        Assert.True(stopped.Count > 1);
        foreach (SampleStore copy in stopped)
        {
            Assert.Equal(1, copy.LastSequence);
            await copy.AppendAsync(batch);
            Assert.Equal(6, (await StoreFolder.ReadAllAsync(copy)).Length);
            await copy.DisposeAsync();
        }
    }

    [Fact]
    public async Task Opening_verifies_the_newest_samples_and_no_older_ones()
    {
        using StoreFolder folder = new();
        await AppendAsync(folder, Samples.Range(0, 4));
        StoredSample[] stored;
        await using (SampleStore store = folder.Open())
        {
            stored = [.. store.List(0, 10)];
        }

        Flip(folder, stored[1].Offset + 600);

        await using (SampleStore store = folder.Open(folder.Options with { VerifySamples = 2 }))
        {
            Assert.Equal(4, store.LastSequence);
        }

        StoreDamagedException damaged = Assert.Throws<StoreDamagedException>(
            () => folder.Open(folder.Options with { VerifySamples = 3 }));
        Assert.Equal((0, stored[1].Offset), (damaged.Shard, damaged.Offset));
    }

    [Fact]
    public async Task A_copy_of_the_ledger_and_then_of_its_shards_is_the_store_as_it_was()
    {
        using StoreFolder folder = new();
        using StoreFolder copy = new();
        await using SampleStore store = folder.Open();
        Sample[] samples = [.. Enumerable.Range(0, 8).Select(n => Samples.Of(n, imageBytes: 300_000))];
        await store.AppendAsync(samples[..4]);
        Directory.CreateDirectory(copy.Path);
        store.RunOnLedger($"VACUUM INTO '{Path.Combine(copy.Path, "ledger.db")}'");
        int known = Directory.GetFiles(folder.Path, ShardName.Pattern).Length;

        await store.AppendAsync(samples[4..]);
        for (int number = 0; number < known; number++)
        {
            File.Copy(folder.Shard(number), copy.Shard(number));
        }

        Sample[] read = await copy.ReadAllAsync();
        Assert.Equal(4, read.Length);
        Assert.All(samples[..4].Zip(read), pair => Samples.AssertSame(pair.First, pair.Second));
    }

    internal static void Flip(StoreFolder folder, long offset)
    {
        using FileStream shard = Handle(folder);
        shard.Position = offset;
        int old = shard.ReadByte();
        shard.Position = offset;
        shard.WriteByte((byte)(old ^ 0x10));
    }

    private static void Tear(FileStream shard, long end, ReadOnlySpan<byte> tail)
    {
        shard.Position = end;
        shard.Write(tail);
        shard.Flush();
    }

    private static FileStream Handle(StoreFolder folder, int number = 0) =>
        new(folder.Shard(number), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static async Task<long> AppendAsync(StoreFolder folder, Sample[] samples)
    {
        await using SampleStore store = folder.Open();
        await store.AppendAsync(samples);
        return new FileInfo(folder.Shard(0)).Length;
    }

    private static async Task<byte[]> MembersAsync(Sample[] samples)
    {
        using StoreFolder folder = new();
        await AppendAsync(folder, samples);
        return await File.ReadAllBytesAsync(folder.Shard(0));
    }
}
