using Engine.Items;
using Engine.Store;
using Microsoft.Data.Sqlite;

namespace Engine.Tests.Store;

public sealed class FaultTests
{
    [Fact]
    public async Task Short_writes_store_the_same_bytes()
    {
        using StoreFolder folder = new();
        using StoreFolder whole = new();
        folder.Files.OnWrite = (_, bytes, offset) => Math.Min(bytes, 1 + (int)(offset % 97));

        await using (SampleStore store = folder.Open())
        {
            await store.AppendAsync(Samples.Range(0, 5));
        }

        await using (SampleStore store = whole.Open())
        {
            await store.AppendAsync(Samples.Range(0, 5));
        }

        Assert.Equal(await File.ReadAllBytesAsync(whole.Shard(0)), await File.ReadAllBytesAsync(folder.Shard(0)));
    }

    [Fact]
    public async Task A_full_disk_undoes_the_batch_wherever_it_strikes_and_the_same_batch_goes_in_later()
    {
        Sample[] batch = [.. Enumerable.Range(1, 4).Select(n => Samples.Of(n, imageBytes: 600_000))];
        for (int strike = 0; strike < 7; strike++) // four samples and the ends of three shards
        {
            using StoreFolder folder = new();
            await using SampleStore store = folder.Open();
            await store.AppendAsync([Samples.Of(0)]);
            long end = new FileInfo(folder.Shard(0)).Length;
            (int writes, int last) = (0, strike);
            folder.Files.OnWrite = (_, bytes, _) => (writes++ - last) switch
            {
                < 0 => bytes,
                0 => Math.Max(1, bytes / 2), // some bytes go in before the disk is full
                _ => throw FaultFiles.Full,
            };

            await Assert.ThrowsAsync<StoreFullException>(() => store.AppendAsync(batch));
            Assert.Equal((1, end), (store.LastSequence, new FileInfo(folder.Shard(0)).Length));
            Assert.All(
                Directory.GetFiles(folder.Path, "shard-*.tar").Order().Skip(1),
                shard => Assert.Equal(0, new FileInfo(shard).Length));

            folder.Files.OnWrite = (_, bytes, _) => bytes;
            await store.AppendAsync(batch);

            Assert.Equal(5, (await StoreFolder.ReadAllAsync(store)).Length);
        }
    }

    [Fact]
    public async Task A_full_disk_that_strikes_the_ledger_undoes_the_batch_too()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync([Samples.Of(0)]);
        long end = new FileInfo(folder.Shard(0)).Length;
        Sample[] batch = Samples.Range(1, 600);
        store.RunOnLedger("PRAGMA max_page_count = 20");

        await Assert.ThrowsAsync<StoreFullException>(() => store.AppendAsync(batch));
        Assert.Equal((1, end), (store.LastSequence, new FileInfo(folder.Shard(0)).Length));
        store.RunOnLedger("PRAGMA max_page_count = 100000");
        await store.AppendAsync(batch);

        Assert.Equal(601, (await StoreFolder.ReadAllAsync(store)).Length);
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task A_disk_that_breaks_makes_the_store_read_only_with_the_first_cause()
    {
        Action<FaultFiles>[] faults =
        [
            files => files.OnWrite = (_, _, _) => throw FaultFiles.Broken,
            files => files.OnWrite = (_, _, _) => 0,
            files => files.OnFlush = _ => throw FaultFiles.Broken,
            files => files.OnFlush = _ => throw FaultFiles.Full, // the kernel may have dropped what it could not write
            files =>
            {
                files.OnWrite = (_, _, _) => throw FaultFiles.Full;
                files.OnTruncate = _ => throw FaultFiles.Broken;
            },
        ];
        foreach (Action<FaultFiles> fault in faults)
        {
            using StoreFolder folder = new();
            await using SampleStore store = folder.Open();
            await store.AppendAsync(Samples.Range(0, 2));

            fault(folder.Files);
            StoreReadOnlyException first = await Assert.ThrowsAsync<StoreReadOnlyException>(
                () => store.AppendAsync(Samples.Range(2, 2)));

            await AssertReadOnlyAsync(folder, store, first);
        }
    }

    [Fact]
    public async Task A_directory_that_cannot_be_flushed_or_written_makes_the_store_read_only()
    {
        Sample[] rolling = [.. Enumerable.Range(2, 2).Select(n => Samples.Of(n, imageBytes: 900_000))];
        Action<FaultFiles>[] faults =
        [
            files => files.OnFlushDirectory = _ => throw FaultFiles.Broken,
            files => files.OnOpenToAppend = path => throw new UnauthorizedAccessException($"{path}: read-only"),
        ];
        foreach (Action<FaultFiles> fault in faults)
        {
            using StoreFolder folder = new();
            await using SampleStore store = folder.Open();
            await store.AppendAsync(Samples.Range(0, 2));

            fault(folder.Files);
            StoreReadOnlyException first = await Assert.ThrowsAsync<StoreReadOnlyException>(
                () => store.AppendAsync(rolling));

            await AssertReadOnlyAsync(folder, store, first);
        }
    }

    [Fact]
    public async Task A_ledger_commit_that_fails_makes_the_store_read_only()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync(Samples.Range(0, 2));

        store.RunOnLedger("CREATE TRIGGER broken BEFORE INSERT ON sample BEGIN SELECT RAISE(ABORT, 'broken'); END");
        StoreReadOnlyException first = await Assert.ThrowsAsync<StoreReadOnlyException>(
            () => store.AppendAsync(Samples.Range(2, 2)));

        await AssertReadOnlyAsync(folder, store, first);
    }

    [Fact]
    public async Task Nothing_is_in_the_ledger_before_its_bytes_and_its_name_are_on_the_disk()
    {
        using StoreFolder folder = new();
        Dictionary<string, long> durable = [];
        HashSet<string> named = [];
        folder.Files.AfterFlush = path => durable[Path.GetFileName(path)] = new FileInfo(path).Length;
        folder.Files.OnFlushDirectory = path => named.UnionWith(
            Directory.GetFiles(path, "shard-*.tar").Select(shard => Path.GetFileName(shard)));
        await using SampleStore store = folder.Open();
        using SqliteConnection foreign = new($"Data Source={Path.Combine(folder.Path, "ledger.db")};Pooling=False");
        foreign.Open();

        for (int n = 0; n < 40; n += 4)
        {
            await store.AppendAsync([.. Enumerable.Range(n, 4).Select(one => Samples.Of(one, imageBytes: 200_000))]);
            using SqliteCommand query = foreign.CreateCommand();
            query.CommandText = "SELECT shard, MAX(offset + length) FROM sample GROUP BY shard";
            using SqliteDataReader rows = query.ExecuteReader();
            while (rows.Read())
            {
                string name = ShardName.Of(rows.GetInt32(0));
                Assert.InRange(rows.GetInt64(1), 1, durable[name]);
                Assert.Contains(name, named);
            }
        }

        Assert.True(named.Count > 3);
    }

    private static async Task AssertReadOnlyAsync(StoreFolder folder, SampleStore store, StoreReadOnlyException first)
    {
        FaultFiles healthy = new();
        (folder.Files.OnWrite, folder.Files.OnFlush, folder.Files.OnTruncate) =
            (healthy.OnWrite, healthy.OnFlush, healthy.OnTruncate);
        (folder.Files.OnFlushDirectory, folder.Files.OnOpenToAppend) =
            (healthy.OnFlushDirectory, healthy.OnOpenToAppend);

        StoreReadOnlyException later = await Assert.ThrowsAsync<StoreReadOnlyException>(
            () => store.AppendAsync(Samples.Range(9, 1)));
        await Assert.ThrowsAsync<StoreReadOnlyException>(() => store.SetCursorsAsync([new("g", 0, 1, 1)]));

        Assert.Same(first.InnerException, later.InnerException);
        Assert.Contains(first.InnerException!.Message, later.Message, StringComparison.Ordinal);
        Assert.Same(store.Fault, first.InnerException);
        Assert.Equal(2, (await StoreFolder.ReadAllAsync(store)).Length);

        await store.DisposeAsync();
        Assert.Equal(2, (await folder.ReadAllAsync()).Length);
    }
}
