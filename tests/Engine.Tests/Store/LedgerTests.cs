using Engine.Items;
using Engine.Store;
using Microsoft.Data.Sqlite;
using Tests.Shared;

namespace Engine.Tests.Store;

public sealed class LedgerTests
{
    [Fact]
    public async Task The_state_has_every_ended_try_and_the_holes_between_them()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync([Samples.Of(0), Samples.Of(3), Samples.Of(4)]); // prompt a: 0 and 3; prompt b: 0
        string c = Samples.PromptId(8);
        await store.RecordRejectionsAsync(
        [
            new(c, 5, "otter", "filter", "score_low", "0.1 < 0.2"),
            new(c, 1, "otter", "filter", "score_low", null),
            new(c, 0, "otter", "annotate", "empty", null),
        ]);

        LedgerState state = store.LoadState();

        Assert.Equal(new Dictionary<string, long> { ["category 0"] = 2, ["category 1"] = 1 }, state.Accepted);
        Assert.Equal(2, state.Rejected[("otter", "score_low")]);
        Assert.Equal(1, state.Rejected[("otter", "empty")]);
        Assert.Equal(2, state.Rejected.Count);
        Assert.Equal((4, "1,2"), Compact(state.Prompts[Samples.PromptId(0)]));
        Assert.Equal((1, ""), Compact(state.Prompts[Samples.PromptId(4)]));
        Assert.Equal((6, "2,3,4"), Compact(state.Prompts[c]));

        static (int Next, string Holes) Compact(PromptProgress progress) =>
            (progress.NextAttempt, string.Join(',', progress.Holes));
    }

    [Fact]
    public async Task A_try_ends_once_whatever_is_recorded_later()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        Sample sample = Samples.Of(0);
        await store.AppendAsync([sample]);
        Rejection late = new(sample.PromptId, sample.Attempt, sample.Category, "filter", "duplicate", null);
        Rejection other = late with { Attempt = 1 };

        int ended = await store.RecordRejectionsAsync([late, other, other]);

        Assert.Equal(1, ended);
        Assert.Equal(0, await store.RecordRejectionsAsync([late, other]));
        Assert.Equal(1, store.LoadState().Rejected.Values.Sum());
        Assert.Equal(1, store.LoadState().Accepted.Values.Sum());
    }

    [Fact]
    public async Task A_long_detail_is_cut_and_not_within_a_character()
    {
        using StoreFolder folder = new();
        await using (SampleStore store = folder.Open())
        {
            await store.RecordRejectionsAsync(
            [
                new("p", 0, "c", "s", "empty", new string('x', 511) + "\U0001F9A6 and more"),
                new("p", 1, "c", "s", "empty", new string('x', 600)),
            ]);
        }

        Assert.Equal("511,512", Query(folder, "SELECT GROUP_CONCAT(LENGTH(detail)) FROM ended"));
    }

    [Fact]
    public async Task Prompts_are_kept_in_order_once_with_every_seed()
    {
        using StoreFolder folder = new();
        PromptRow[] prompts =
        [
            new("00000000000000ff", "otter", "a photo of a single sea otter \U0001F9A6"),
            new("00000000000000aa", "otter", "b", ulong.MaxValue),
            new("00000000000000bb", "cup", "c", 0),
        ];
        await using (SampleStore store = folder.Open())
        {
            Assert.Equal(2, await store.AddPromptsAsync(prompts[..2]));
            Assert.Equal(1, await store.AddPromptsAsync([prompts[1] with { Text = "changed" }, prompts[2]]));
        }

        await using SampleStore again = folder.Open();

        Assert.Equal(prompts, again.LoadPrompts());
    }

    [Fact]
    public async Task Cursors_move_both_ways_rank_by_rank_until_the_group_is_removed()
    {
        using StoreFolder folder = new();
        await using (SampleStore store = folder.Open())
        {
            await store.SetCursorsAsync([new("a", 0, 2, 10), new("a", 1, 2, 11), new("b", 0, 1, 5)]);
            await store.SetCursorsAsync([new("a", 0, 2, 4)]);
        }

        await using SampleStore again = folder.Open();

        Assert.Equal([new GroupCursor("a", 0, 2, 4), new("a", 1, 2, 11), new("b", 0, 1, 5)], again.LoadCursors());
        Assert.Equal(2, await again.RemoveGroupAsync("a"));
        Assert.Equal([new GroupCursor("b", 0, 1, 5)], again.LoadCursors());
    }

    [Fact]
    public async Task A_group_has_the_cursors_of_the_world_that_was_set_last()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.SetCursorsAsync([new("a", 0, 2, 10), new("a", 1, 2, 11), new("b", 0, 2, 5)]);

        await store.SetCursorsAsync([new("a", 1, 3, 7)]);

        Assert.Equal([new GroupCursor("a", 1, 3, 7), new("b", 0, 2, 5)], store.LoadCursors());
    }

    [Fact]
    public async Task Wrong_rows_are_refused_with_the_value_and_nothing_is_written()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        PromptRow prompt = new("a", "c", "t");
        Rejection rejection = new("a", 0, "c", "s", "empty", null);
        Func<Task>[] wrong =
        [
            () => store.AddPromptsAsync([prompt, prompt with { Id = "b", Text = string.Empty }]),
            () => store.AddPromptsAsync([prompt, prompt with { Id = "b", Text = new string('\u00e9', 2049) }]),
            () => store.AddPromptsAsync([prompt, prompt with { Id = "a/b" }]),
            () => store.AddPromptsAsync([prompt, prompt with { Id = "b", Category = new string('c', 257) }]),
            () => store.RecordRejectionsAsync([rejection, rejection with { Attempt = 1_000_000 }]),
            () => store.RecordRejectionsAsync([rejection, rejection with { Attempt = 1, Reason = string.Empty }]),
            () => store.SetCursorsAsync([new("g", 0, 1, 1), new("g", 2, 2, 1)]),
            () => store.SetCursorsAsync([new("g", 0, 1, 1), new("g", 0, 1, -1)]),
            () => store.SetCursorsAsync([new("g", 0, 1, 1), new(string.Empty, 0, 1, 1)]),
        ];

        foreach (Func<Task> call in wrong)
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.Contains("must", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty(store.LoadPrompts());
        Assert.Empty(store.LoadCursors());
        Assert.Empty(store.LoadState().Rejected);
    }

    [Fact]
    public async Task A_ledger_of_a_newer_version_is_refused_with_both_versions()
    {
        using StoreFolder folder = new();
        await folder.Open().DisposeAsync();
        Query(folder, "PRAGMA user_version = 7");

        StoreException refused = Assert.Throws<StoreException>(() => folder.Open());

        Assert.Contains("schema 7", refused.Message, StringComparison.Ordinal);
        Assert.Contains("schema 1 to 2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_of_schema_1_is_brought_up_by_the_writer_and_becomes_as_a_new_one()
    {
        const string columns = "SELECT group_concat(m.name || '.' || c.name || ' ' || c.type || ' ' || c.[notnull] "
            + "|| ' ' || c.pk, char(10)) FROM sqlite_master m, pragma_table_info(m.name) c "
            + "WHERE m.type = 'table' ORDER BY m.name, c.cid";
        using StoreFolder made = new();
        await made.Open().DisposeAsync();
        using StoreFolder old = new();
        Directory.CreateDirectory(old.Path);
        string schema = Repository.Path("tests", "Engine.Tests", "Store", "ledger-schema-1.sql");
        Query(old, await File.ReadAllTextAsync(schema, TestContext.Current.CancellationToken));
        StoreException early = Assert.Throws<StoreException>(() => StoreView.Open(old.Path));
        Assert.Contains("schema 1", early.Message, StringComparison.Ordinal);

        await using (SampleStore store = old.Open())
        {
            GroupCursor kept = Assert.Single(store.LoadCursors());
            Assert.Equal(new GroupCursor("train", 0, 1, 0), kept);
        }

        Assert.Equal("2", Query(old, "PRAGMA user_version"));
        Assert.Equal(Query(made, columns), Query(old, columns));
        using StoreView view = StoreView.Open(old.Path);
        Assert.Equal("0123456789abcdef0123456789abcdef", view.StreamId);
    }

    [Fact]
    public void A_foreign_or_broken_file_is_refused_by_name_and_left_alone()
    {
        using StoreFolder folder = new();
        Directory.CreateDirectory(folder.Path);
        string path = Path.Combine(folder.Path, "ledger.db");
        Query(folder, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
        byte[] theirs = File.ReadAllBytes(path);

        StoreException foreign = Assert.Throws<StoreException>(() => folder.Open());
        Assert.Equal("1", Query(folder, "SELECT COUNT(*) FROM theirs"));
        theirs.AsSpan(0, 100).Fill(7);
        File.WriteAllBytes(path, theirs);
        StoreException broken = Assert.Throws<StoreException>(() => folder.Open());

        Assert.Contains("not a Headwater ledger", foreign.Message, StringComparison.Ordinal);
        Assert.Contains("ledger.db", broken.Message, StringComparison.Ordinal);
    }

    private static string? Query(StoreFolder folder, string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using SqliteConnection ledger = new($"Data Source={Path.Combine(folder.Path, "ledger.db")};Pooling=False");
        ledger.Open();
        using SqliteCommand command = ledger.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }
}
