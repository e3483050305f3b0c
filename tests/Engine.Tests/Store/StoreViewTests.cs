using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>Goal: a store can be read beside its writer, and every damaged byte is found and named.</summary>
public sealed class StoreViewTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_committed_is_seen_while_the_writer_goes_on()
    {
        await using SampleStore store = _folder.Open();
        await store.AppendAsync(Samples.Range(0, 5), Token);
        using StoreView view = StoreView.Open(_folder.Path);
        long before = view.LastSequence();
        await store.AppendAsync(Samples.Range(5, 2000), Token);

        StoredSample[] seen = [.. view.List(0, view.LastSequence())];

        Assert.Equal((5, 2005, store.StreamId), (before, view.LastSequence(), view.StreamId));
        Assert.Equal(store.List(0, int.MaxValue), seen);
        Assert.Equal(seen, view.List(0, long.MaxValue)); // ends at the newest, and does not look for more
        Samples.AssertSame(Samples.Of(7), view.Read(seen[7]));
        Assert.Equal(2005, view.Stat().Samples);
        Assert.Equal(2005, view.Stat().AcceptedByCategory.Values.Sum());
        Assert.Empty(view.Verify(null, Token));
    }

    [Fact]
    public async Task Every_flipped_byte_is_found_with_its_shard_and_sample()
    {
        await using (SampleStore store = _folder.Open())
        {
            await store.AppendAsync(Samples.Range(0, 20), Token);
        }

        byte[] sound = await File.ReadAllBytesAsync(_folder.Shard(0), Token);
        using StoreView view = StoreView.Open(_folder.Path);
        StoredSample[] all = [.. view.List(0, view.LastSequence())];
        long end = all[^1].Offset + all[^1].Length;
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            int at = random.Next((int)end);
            byte[] changed = [.. sound];
            changed[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(_folder.Shard(0), changed, Token);

            string finding = Assert.Single(view.Verify(null, Token));

            StoredSample hit = all.Single(sample => at >= sample.Offset && at < sample.Offset + sample.Length);
            Assert.StartsWith(
                $"shard-000000.tar is damaged at byte {hit.Offset}: sample {hit.Sequence} ", finding,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Shard_that_is_short_missing_or_unknown_is_a_finding()
    {
        await using (SampleStore store = _folder.Open())
        {
            await store.AppendAsync(Samples.Range(0, 4), Token);
        }

        using StoreView view = StoreView.Open(_folder.Path);
        File.Copy(_folder.Shard(0), _folder.Shard(9));
        using (FileStream shard = File.OpenWrite(_folder.Shard(0)))
        {
            shard.SetLength(100);
        }

        string[] findings = [.. view.Verify(null, Token)];

        Assert.Contains("shard-000009.tar is not in the ledger", findings[0], StringComparison.Ordinal);
        Assert.StartsWith("shard-000000.tar is damaged at byte 100", findings[1], StringComparison.Ordinal);
        Assert.Equal(2 + 4, findings.Length);
    }

    [Fact]
    public void Folder_without_a_store_and_a_file_that_is_no_ledger_are_told()
    {
        using TempFolder empty = new();
        StoreException none = Assert.Throws<StoreException>(() => StoreView.Open(empty.Path));
        File.WriteAllText(empty.File("ledger.db"), "shopping list, quite long so that it is no empty database file");

        StoreException other = Assert.Throws<StoreException>(() => StoreView.Open(empty.Path));

        Assert.Contains("does not exist; the directory holds no store", none.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read as a ledger", other.Message, StringComparison.Ordinal);
    }
}
