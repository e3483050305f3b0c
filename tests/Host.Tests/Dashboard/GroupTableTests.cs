using Engine.Pipeline.Deliver;
using Host.Dashboard;
using Spectre.Console;

namespace Host.Tests.Dashboard;

/// <summary>Goal: a person sees who of a group is there, how far it has come, and whether the line waits for it.
/// </summary>
public sealed class GroupTableTests
{
    private static readonly GroupSnapshot Train = new()
    {
        Name = "train", World = 4, ShuffleWindow = 0, ShuffleSeed = 0, Connections = 2, IsDetached = false,
        Blocked = TimeSpan.FromSeconds(12.34), LagByRank = [3, 0, 20, 1], CursorByRank = [99, 98, 40, 100],
        DeadRanks = [2, 3],
    };

    private static readonly GroupSnapshot Look = new()
    {
        Name = "look", World = 1, ShuffleWindow = 64, ShuffleSeed = 7, Connections = 0, IsDetached = true,
        Blocked = TimeSpan.Zero, LagByRank = [100], CursorByRank = [0], DeadRanks = [],
    };

    [Fact]
    public void Table_holds_ranks_the_lowest_cursor_lag_and_hold_and_the_group_that_holds_the_line_is_first()
    {
        string[][] rows = [.. Rows(Snapshot("train", Look, Train))];

        Assert.Equal(
            [
                ["group", "world", "connected", "dead", "cursor", "behind", "the line"],
                ["train", "4", "2", "2: 2, 3", "40", "24", "waits for it, 12.3 s in all"],
                ["look", "1", "0", "", "0", "100", "no longer waits for it"],
            ],
            rows);
    }

    [Fact]
    public void Group_that_held_the_line_and_does_so_no_more_is_told_apart() =>
        Assert.Equal("waited 12.3 s for it", Rows(Snapshot(blockedBy: null, Train)).Last().Last());

    [Fact]
    public void Line_holds_the_same_for_a_log()
    {
        Assert.Equal(
            "train 2/4 at 40 (24 behind) (dead 2: 2, 3) (the line waits for it, 12.3 s in all), "
            + "look 0/1 at 0 (100 behind) (the line no longer waits for it)",
            GroupTable.Line([Snapshot("train", Look, Train)]));
        Assert.Equal("", GroupTable.Line([Snapshot(blockedBy: null)]));
    }

    [Fact]
    public void Names_are_text_and_no_markup() => Assert.Equal(
        "[red]a[/]", Rows(Snapshot(blockedBy: null, Train with { Name = "[red]a[/]" })).Last().First());

    [Fact]
    public void Blocker_is_looked_for_among_the_groups_of_its_own_delivery() => Assert.Equal(
        "copy-paste:train 2/4 at 40 (24 behind) (dead 2: 2, 3) (the line waits for it, 12.3 s in all), "
        + "train 2/4 at 40 (24 behind) (dead 2: 2, 3) (the line waited 12.3 s for it)",
        GroupTable.Line(
        [
            Snapshot(blockedBy: null, Train),
            Snapshot("copy-paste:train", Train with { Name = "copy-paste:train" }),
        ]));

    [Fact]
    public void Many_groups_are_cut_to_the_furthest_behind_and_the_rest_is_counted()
    {
        GroupSnapshot[] groups =
            [.. Enumerable.Range(0, 20).Select(at => Look with { Name = $"g{at}", LagByRank = [at] })];

        string drawn = Drawn(Snapshot(blockedBy: null, groups));

        Assert.Equal(
            ["g19", "g18", "g17", "g16", "g15", "g14", "g13", "g12"],
            Rows(Snapshot(blockedBy: null, groups)).Skip(1).Select(row => row[0]));
        Assert.Contains("and 12 more groups", drawn, StringComparison.Ordinal);
    }

    [Fact]
    public void No_group_is_said() =>
        Assert.Contains("no consumer group is registered", Drawn(Snapshot(blockedBy: null)), StringComparison.Ordinal);

    private static DeliverSnapshot Snapshot(string? blockedBy, params GroupSnapshot[] groups) =>
        new("s", 100, blockedBy, CursorSaveError: null, groups);

    private static IEnumerable<string[]> Rows(DeliverSnapshot delivery) => Drawn(delivery).Split('\n')
        .Where(line => line.StartsWith('│'))
        .Select(line => line.Trim().Trim('│').Split('│', StringSplitOptions.TrimEntries));

    private static string Drawn(DeliverSnapshot delivery)
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 120;
        console.Write(GroupTable.Draw([delivery]));
        return text.ToString();
    }
}
