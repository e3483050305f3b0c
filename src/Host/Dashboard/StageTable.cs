using System.Globalization;
using Engine.Flow;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Host.Dashboard;

/// <summary>Draws each stage's queue, rate and rejections, for a terminal and for a log.</summary>
internal static class StageTable
{
    private const int ReasonsShown = 3;

    /// <summary>The table for a terminal.</summary>
    /// <param name="stages">The stages now, in order.</param>
    /// <param name="rates">Items a second by stage.</param>
    /// <param name="progress">One line on the whole: samples wanted, accepted, delivered.</param>
    public static IRenderable Draw(
        IReadOnlyList<StageSnapshot> stages, IReadOnlyDictionary<string, double> rates, string progress)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("stage");
        foreach (string column in new[] { "queue", "in", "out", "rate /s", "busy s" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        table.AddColumn("rejected");
        foreach (StageSnapshot stage in stages)
        {
            table.AddRow(
                Markup.Escape(stage.Name),
                $"{stage.InFlightItems}/{stage.Options.CapacityItems}",
                Count(stage.Received),
                Count(stage.Sent),
                rates.GetValueOrDefault(stage.Name).ToString("F1", CultureInfo.InvariantCulture),
                stage.Busy.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture),
                Markup.Escape(Rejected(stage)));
        }

        return new Rows(table, new Text(progress)); // Not the table's caption, which would break at its width.
    }

    /// <summary>One line for a log.</summary>
    /// <param name="stages">The stages now, in order.</param>
    /// <param name="progress">One line on the whole.</param>
    public static string Line(IReadOnlyList<StageSnapshot> stages, string progress) =>
        $"{progress} | " + string.Join(", ", stages.Select(stage =>
            $"{stage.Name} {stage.Sent}{(stage.InFlightItems > 0 ? $"+{stage.InFlightItems}" : "")}"
            + (stage.Dropped > 0 ? $" (rejected {Rejected(stage)})" : "")));

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Rejected(StageSnapshot stage)
    {
        if (stage.Dropped == 0)
        {
            return "";
        }

        KeyValuePair<string, long>[] reasons = [.. stage.DroppedByReason.OrderByDescending(reason => reason.Value)];
        string shown = string.Join(", ", reasons.Take(ReasonsShown).Select(reason => $"{reason.Key} {reason.Value}"));
        return $"{stage.Dropped}: {shown}{(reasons.Length > ReasonsShown ? ", ..." : "")}";
    }
}
