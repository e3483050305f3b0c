using System.Globalization;
using Engine.Pipeline.Deliver;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Host.Dashboard;

/// <summary>Draws each consumer group's ranks, place and hold on the line, for a terminal and for a log.</summary>
/// <remarks>Those that hold the line come first, then those that are furthest behind: there may be a thousand groups,
/// and a terminal has few rows.</remarks>
internal static class GroupTable
{
    private const int GroupsShown = 8;
    private const int DeadShown = 3;

    /// <summary>The table for a terminal.</summary>
    /// <param name="deliveries">What each hub knows now.</param>
    public static IRenderable Draw(IReadOnlyList<DeliverSnapshot> deliveries)
    {
        (GroupSnapshot Group, bool IsBlocker)[] groups = InOrder(deliveries);
        if (groups.Length == 0)
        {
            return new Text("no consumer group is registered");
        }

        Table table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("group");
        foreach (string column in new[] { "world", "connected", "dead", "cursor", "behind" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddColumn("the line");
        foreach ((GroupSnapshot group, bool isBlocker) in groups.Take(GroupsShown))
        {
            table.AddRow(
                Markup.Escape(group.Name),
                Count(group.World),
                Count(group.Connections),
                Dead(group),
                Count(Cursor(group)),
                Count(group.LagItems),
                Hold(group, isBlocker));
        }

        return groups.Length <= GroupsShown ? table : new Rows(table, new Text(More(groups.Length)));
    }

    /// <summary>The same for a log, as the rest of a line; empty where there is no group.</summary>
    /// <param name="deliveries">What each hub knows now.</param>
    public static string Line(IReadOnlyList<DeliverSnapshot> deliveries)
    {
        (GroupSnapshot Group, bool IsBlocker)[] groups = InOrder(deliveries);
        string shown = string.Join(", ", groups.Take(GroupsShown).Select(at => Short(at.Group, at.IsBlocker)));
        return groups.Length <= GroupsShown ? shown : $"{shown}, {More(groups.Length)}";
    }

    private static (GroupSnapshot Group, bool IsBlocker)[] InOrder(IReadOnlyList<DeliverSnapshot> deliveries) =>
    [
        .. deliveries
            .SelectMany(delivery => delivery.Groups.Select(group => (group, group.Name == delivery.BlockedBy)))
            .OrderByDescending(at => at.Item2)
            .ThenByDescending(at => at.group.LagItems),
    ];

    private static string Short(GroupSnapshot group, bool isBlocker)
    {
        string hold = Hold(group, isBlocker);
        return $"{group.Name} {group.Connections}/{group.World} at {Count(Cursor(group))}"
            + (group.LagItems > 0 ? $" ({group.LagItems} behind)" : "")
            + (group.DeadRanks.Count > 0 ? $" (dead {Dead(group)})" : "")
            + (hold.Length > 0 ? $" (the line {hold})" : "");
    }

    /// <summary>The lowest of the ranks' cursors: what the window and retention go by.</summary>
    private static long Cursor(GroupSnapshot group) => group.CursorByRank.Min();

    private static string Dead(GroupSnapshot group) => group.DeadRanks.Count == 0
        ? ""
        : $"{group.DeadRanks.Count}: {string.Join(", ", group.DeadRanks.Take(DeadShown))}"
            + (group.DeadRanks.Count > DeadShown ? ", ..." : "");

    private static string Hold(GroupSnapshot group, bool isBlocker)
    {
        string seconds = group.Blocked.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        return isBlocker ? $"waits for it, {seconds} s in all"
            : group.IsDetached ? "no longer waits for it"
            : group.Blocked > TimeSpan.Zero ? $"waited {seconds} s for it"
            : "";
    }

    private static string More(int groups) => $"and {groups - GroupsShown} more groups";

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
