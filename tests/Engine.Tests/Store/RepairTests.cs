using System.Text;
using Engine.Items;
using Engine.Store;
using Engine.Store.Repair;
using Microsoft.Data.Sqlite;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>Goal: after a repair the store opens and holds every sample whose bytes are there, nothing was deleted, and
/// what is lost is listed and can be made again.</summary>
public sealed class RepairTests : IDisposable
{
    private const int Count = 11; // five sealed shards of two, and one sample in the open one

    private readonly StoreFolder _folder = new();
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_store_is_left_alone()
    {
        await FillAsync();
        Dictionary<string, byte[]> before = Files();

        RepairResult result = Repair(apply: true);

        Assert.Empty(result.Actions);
        Assert.Equal((Count, 0L, null), (result.KeptSamples, result.LostSamples, result.ReportPath));
        Assert.Equal(Shards(before), Shards(Files()));
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "damaged")));
    }

    [Theory]
    [InlineData("flip", 1, new[] { 3 })]
    [InlineData("cut", 1, new[] { 4 })]
    [InlineData("missing", 2, new[] { 5, 6 })]
    [InlineData("missing", 0, new[] { 1, 2 })]
    [InlineData("missing", 5, new[] { 11 })]
    [InlineData("cut", 5, new[] { 11 })]
    [InlineData("longer", 3, new int[0])]
    [InlineData("trailer", 3, new int[0])]
    public async Task What_is_left_of_a_damaged_shard_is_kept_and_the_rest_is_listed(
        string damage, int shard, int[] lost)
    {
        await FillAsync();
        string stream = StreamId();
        Damage(damage, shard);
        Dictionary<string, byte[]> before = Files();

        RepairResult said = Repair(apply: false);
        Dictionary<string, byte[]> untouched = Files();
        RepairResult done = Repair(apply: true);

        Assert.Equal(Shards(before), Shards(untouched));
        Assert.Equal(said.Actions, done.Actions);
        Assert.Contains($"shard-{shard:D6}.tar", Assert.Single(said.Actions), StringComparison.Ordinal);
        Assert.Equal((lost.Length, Count - lost.Length), (done.LostSamples, done.KeptSamples));
        string report = await File.ReadAllTextAsync(done.ReportPath!, Token);
        Assert.All(lost, sequence => Assert.Contains($"{sequence}\t{Big(sequence - 1).Key}\t", report));
        if (before.TryGetValue($"shard-{shard:D6}.tar", out byte[]? damaged))
        {
            Assert.Equal(damaged, await File.ReadAllBytesAsync(
                Path.Combine(_folder.Path, "damaged", $"shard-{shard:D6}.tar"), Token));
        }

        Assert.Equal(lost.Length == 0, StreamId() == stream);
        await AssertIsAsync([.. Enumerable.Range(1, Count).Except(lost)], lost);
        Assert.Empty(Repair(apply: false).Actions);
    }

    [Fact]
    public async Task Groups_go_on_where_their_slowest_rank_was_and_a_shuffled_one_at_the_start()
    {
        await FillAsync();
        await using (SampleStore store = _folder.Open())
        {
            await store.SetCursorsAsync(
                [new("two", 0, 2, 8), new("two", 1, 2, 5), new("half", 1, 2, 9), new("mixed", 0, 1, 9)], Token);
            store.RunOnLedger("INSERT INTO consumer VALUES ('mixed', 64, 1); INSERT INTO boundary VALUES (7)");
        }

        Damage("missing", 1); // 3 and 4
        Repair(apply: true);

        await using SampleStore again = _folder.Open();
        Assert.Equal(
            [new("half", 1, 2, 0), new("mixed", 0, 1, 0, 64, 1), new("two", 0, 2, 3), new("two", 1, 2, 3)],
            again.LoadCursors());
    }

    [Fact]
    public async Task A_shard_that_the_ledger_does_not_know_is_moved_away()
    {
        await FillAsync();
        await File.WriteAllTextAsync(_folder.Shard(9), "somebody's", Token);

        Repair(apply: true);

        Assert.Equal("somebody's", await File.ReadAllTextAsync(
            Path.Combine(_folder.Path, "damaged", "shard-000009.tar"), Token));
        await AssertIsAsync([.. Enumerable.Range(1, Count)], []);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("this is a shopping list and no database file at all")]
    public async Task A_lost_ledger_is_made_again_of_the_shards(string? left)
    {
        await FillAsync();
        string ledger = Path.Combine(_folder.Path, "ledger.db");
        string stream = StreamId();
        File.Delete(ledger);
        if (left is not null)
        {
            await File.WriteAllTextAsync(ledger, left, Token);
        }

        RepairResult said = Repair(apply: false);
        RepairResult done = Repair(apply: true);

        Assert.Equal((Count, 0L), (done.KeptSamples, done.LostSamples));
        Assert.Equal(said.Actions, done.Actions);
        Assert.NotEqual(stream, StreamId());
        Assert.Equal(left is not null, File.Exists(Path.Combine(_folder.Path, "damaged", "ledger.db")));
        await AssertIsAsync([.. Enumerable.Range(1, Count)], []);
        Assert.Empty(Repair(apply: false).Actions);
    }

    [Fact]
    public async Task Without_a_ledger_damaged_and_missing_shards_give_what_can_be_read()
    {
        await FillAsync();
        File.Delete(Path.Combine(_folder.Path, "ledger.db"));
        Damage("missing", 1); // 3, 4
        Damage("head", 2); // 5: its header is none
        Damage("cut", 5); // 11: torn

        RepairResult done = Repair(apply: true);

        Assert.Equal(4, done.Actions.Count);
        await AssertIsAsync([1, 2, 6, 7, 8, 9, 10], [3, 4, 5, 11]);
        Assert.Empty(Repair(apply: false).Actions);
    }

    [Fact]
    public async Task A_repair_that_was_stopped_keeps_the_store_closed_and_is_ended_by_the_next()
    {
        await FillAsync();
        string folder = Path.Combine(_folder.Path, "damaged");
        for (int moved = 0; moved < 3; moved++)
        {
            Directory.CreateDirectory(folder);
            File.Copy(_folder.Shard(0), Path.Combine(folder, "shard-000000.tar.repaired"));
            if (moved > 0)
            {
                File.Move(_folder.Shard(0), Path.Combine(folder, $"old-{moved}"));
            }

            if (moved > 1)
            {
                File.Move(Path.Combine(folder, "shard-000000.tar.repaired"), _folder.Shard(0));
            }

            using (Ledger ledger = Ledger.Open(_folder.Path))
            {
                ShardCopy copy = new(0, IsSealed: true, [default]);
                ledger.SetPendingRepair(RepairFiles.Pending([copy], []));
            }

            StoreException closed = Assert.Throws<StoreException>(() => _folder.Open());
            RepairResult said = Repair(apply: false);
            Repair(apply: true);

            Assert.Contains("--apply", closed.Message, StringComparison.Ordinal);
            Assert.Contains("was stopped", Assert.Single(said.Actions), StringComparison.Ordinal);
            await AssertIsAsync([.. Enumerable.Range(1, Count)], []);
        }
    }

    [Fact]
    public async Task A_store_in_use_no_store_and_another_programs_file_are_refused()
    {
        using TempFolder empty = new();
        StoreException none = Assert.Throws<StoreException>(() => Repair(apply: true, empty.Path));
        await using (SampleStore store = _folder.Open())
        {
            StoreException taken = Assert.Throws<StoreException>(() => Repair(apply: false));
            Assert.Contains("is open for writing elsewhere", taken.Message, StringComparison.Ordinal);
        }

        using (SqliteConnection other = new($"Data Source={empty.File("ledger.db")};Pooling=False"))
        {
            other.Open();
            using SqliteCommand make = other.CreateCommand();
            make.CommandText = "CREATE TABLE songs (name TEXT)";
            make.ExecuteNonQuery();
        }

        StoreException theirs = Assert.Throws<StoreException>(() => Repair(apply: true, empty.Path));

        Assert.Contains("holds no store", none.Message, StringComparison.Ordinal);
        Assert.Contains("is not a Headwater ledger", theirs.Message, StringComparison.Ordinal);
    }

    private static Sample Big(int number)
    {
        Sample sample = Samples.Of(number, imageBytes: 500_000);
        string json =
            $$"""{"category":"{{sample.Category}}","prompt_id":"{{sample.PromptId}}","attempt":{{sample.Attempt}}}""";
        return sample with { Json = Encoding.UTF8.GetBytes(json) };
    }

    private async Task FillAsync()
    {
        await using SampleStore store = _folder.Open();
        await store.AppendAsync([.. Enumerable.Range(0, Count).Select(Big)], Token);
    }

    private RepairResult Repair(bool apply, string? directory = null) =>
        StoreRepair.Run(directory ?? _folder.Path, apply, _clock, Token);

    private string StreamId()
    {
        using StoreView view = StoreView.Open(_folder.Path);
        return view.StreamId;
    }

    private void Damage(string kind, int shard)
    {
        if (kind == "missing")
        {
            File.Delete(_folder.Shard(shard));
            return;
        }

        using FileStream file = new(_folder.Shard(shard), FileMode.Open, FileAccess.ReadWrite);
        switch (kind)
        {
            case "flip":
                Write(file, 700);
                break;
            case "head":
                Write(file, 20);
                break;
            case "trailer":
                Write(file, file.Length - 5);
                break;
            case "cut":
                file.SetLength((file.Length - 1024) / 2 + 300_000 - (shard == 5 ? 100_000 : 0));
                break;
            default:
                file.SetLength(file.Length + 512);
                break;
        }
    }

    private static void Write(FileStream file, long at)
    {
        file.Position = at;
        int was = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(was ^ 0x41));
    }

    private Dictionary<string, byte[]> Files() => Directory
        .GetFiles(_folder.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);

    private static IEnumerable<(string, int, int)> Shards(Dictionary<string, byte[]> files) => files
        .Where(file => file.Key.EndsWith(".tar", StringComparison.Ordinal))
        .Select(file => (file.Key, file.Value.Length, file.Value.Sum(value => value)))
        .Order();

    private async Task AssertIsAsync(int[] kept, int[] lost)
    {
        using (StoreView view = StoreView.Open(_folder.Path))
        {
            Assert.Empty(view.Verify(null, Token));
        }

        await using SampleStore store = _folder.Open();
        Assert.Equal(Enumerable.Range(1, kept.Length), store.List(0, 1000).Select(one => (int)one.Sequence));
        Sample[] read = await StoreFolder.ReadAllAsync(store);
        Assert.All(kept.Zip(read), pair => Samples.AssertSame(Big(pair.First - 1), pair.Second));
        Assert.Equal(kept.Length, store.LoadState().Accepted.Values.Sum());
        StoreModelTests.AssertLedgerIsSound(_folder);
        if (kept.Length > 0)
        {
            Assert.All(await store.AppendAsync([.. kept.Select(one => Big(one - 1))], Token), Assert.Null);
        }

        Assert.All(await store.AppendAsync([.. lost.Select(one => Big(one - 1))], Token), at => Assert.NotNull(at));
    }
}
