using Engine.Items;
using Engine.Store;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Data.Sqlite;

namespace Engine.Tests.Store;

/// <summary>
/// Goal: whatever happens in whatever order, the store is the list of what was accepted. Method: random steps against
/// a plain list, with a disk that fills, breaks and stops at random, and a look at everything at the end.
/// </summary>
public sealed class StoreModelTests
{
    private const int Cases = 40;

    // A step is a kind and a number that gives its details.
    private static readonly Arbitrary<(int Kind, int Detail)[]> AnySteps = Gen
        .Choose(0, 9).SelectMany(kind => Gen.Choose(0, 1_000_000).Select(detail => (kind, detail)))
        .ArrayOf()
        .ToArbitrary();

    [Fact]
    public void The_store_is_the_list_of_what_was_accepted() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases), Prop.ForAll(AnySteps, steps =>
        {
            RunAsync(steps).GetAwaiter().GetResult();
            return true;
        }));

    private static async Task RunAsync((int Kind, int Detail)[] steps)
    {
        using StoreFolder folder = new();
        SampleStore store = folder.Open();
        List<Sample> accepted = [];
        HashSet<(string, int)> ended = [];
        foreach ((int kind, int detail) in steps)
        {
            switch (kind)
            {
                case 0:
                    await store.DisposeAsync();
                    store = folder.Open();
                    break;
                case 1:
                    Sample no = Samples.Of(detail % 300);
                    await store.RecordRejectionsAsync([new(no.PromptId, no.Attempt, no.Category, "s", "empty", null)]);
                    ended.Add((no.PromptId, no.Attempt));
                    break;
                case 2:
                    await FailAsync<StoreFullException>(folder, store, Batch(detail, ended), () => FaultFiles.Full);
                    break;
                case 3:
                    await FailAsync<StoreReadOnlyException>(
                        folder, store, Batch(detail, ended), () => FaultFiles.Broken);
                    await store.DisposeAsync();
                    store = folder.Open();
                    break;
                default:
                    Sample[] batch = Batch(detail, already: []);
                    IReadOnlyList<StoredSample?> stored = await store.AppendAsync(batch);
                    foreach ((Sample sample, StoredSample? at) in batch.Zip(stored))
                    {
                        Assert.Equal(ended.Add((sample.PromptId, sample.Attempt)), at is not null);
                        if (at is not null)
                        {
                            accepted.Add(sample);
                        }
                    }

                    break;
            }
        }

        await AssertIsAsync(store, accepted, ended.Count);
        await store.DisposeAsync();
        AssertLedgerIsSound(folder);
        await using SampleStore again = folder.Open();
        await AssertIsAsync(again, accepted, ended.Count);
    }

    // Sizes such that a shard of 1 MiB takes a few samples, now and then one that is larger than a shard.
    private static Sample[] Batch(int detail, HashSet<(string, int)> already)
    {
        Random random = new(detail);
        return
        [
            .. Enumerable.Range(0, random.Next(1, 9))
                .Select(_ => Samples.Of(random.Next(300), (int)Math.Pow(10, 1 + (random.NextDouble() * 5.2))))
                .Where(sample => !already.Contains((sample.PromptId, sample.Attempt))),
        ];
    }

    private static async Task FailAsync<T>(StoreFolder folder, SampleStore store, Sample[] batch, Func<Exception> fault)
        where T : Exception
    {
        int writes = 0;
        folder.Files.OnWrite = (_, bytes, _) => writes++ == 0 ? Math.Max(1, bytes / 3) : throw fault();
        if (batch.Length > 0)
        {
            await Assert.ThrowsAsync<T>(() => store.AppendAsync(batch));
        }

        folder.Files.OnWrite = (_, bytes, _) => bytes;
    }

    private static async Task AssertIsAsync(SampleStore store, List<Sample> accepted, int ended)
    {
        Sample[] read = await StoreFolder.ReadAllAsync(store);
        Assert.Equal(accepted.Count, read.Length);
        Assert.All(accepted.Zip(read), pair => Samples.AssertSame(pair.First, pair.Second));
        LedgerState state = store.LoadState();
        Assert.Equal(
            accepted.GroupBy(sample => sample.Category).ToDictionary(one => one.Key, one => one.LongCount()),
            state.Accepted.ToDictionary());
        Assert.Equal(ended, state.Prompts.Values.Sum(one => one.NextAttempt - one.Holes.Count));
        Assert.Equal(ended - accepted.Count, state.Rejected.Values.Sum());
    }

    internal static void AssertLedgerIsSound(StoreFolder folder)
    {
        using SqliteConnection ledger = new($"Data Source={Path.Combine(folder.Path, "ledger.db")};Pooling=False");
        ledger.Open();
        Assert.Equal("ok", Scalar(ledger, "PRAGMA integrity_check"));
        Assert.Null(Scalar(ledger, "PRAGMA foreign_key_check"));
        Assert.Equal(0L, Scalar(ledger, """
            SELECT COUNT(*) FROM (
                SELECT category, COALESCE(reason, 'accepted') AS reason, COUNT(*) AS items FROM ended GROUP BY 1, 2
                EXCEPT SELECT category, reason, items FROM tally)
            """));
        Assert.Equal(0L, Scalar(ledger, """
            SELECT COUNT(*) FROM shard WHERE deleted = 0 AND bytes <>
                (SELECT COALESCE(SUM(length), 0) FROM sample WHERE shard = number)
            """));
        Assert.Equal(0L, Scalar(ledger, """
            SELECT COUNT(*) FROM sample LEFT JOIN ended USING (prompt_id, attempt)
            WHERE ended.prompt_id IS NULL OR ended.reason IS NOT NULL OR ended.category <> sample.category
            """));
    }

    private static object? Scalar(SqliteConnection ledger, string sql)
    {
        using SqliteCommand command = ledger.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
