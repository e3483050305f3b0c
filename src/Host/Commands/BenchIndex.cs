using System.CommandLine;
using Host.Bench;

namespace Host.Commands;

/// <summary><c>headwater bench index</c>: an index of the size of LVIS, and what a filter costs that asks it.</summary>
internal static class BenchIndex
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<int> rows = new("--rows")
        {
            Description = "Real pictures, 2000 to 10000000.", DefaultValueFactory = _ => IndexBench.LvisInstances,
        };
        rows.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 2000 or > 10_000_000)
            {
                result.AddError($"--rows is {result.GetValueOrDefault<int>()}; it must be 2000 to 10000000.");
            }
        });
        Option<int> width = new("--width") { Description = "Values of a row.", DefaultValueFactory = _ => 768 };
        Option<DirectoryInfo?> folder = new("--folder")
        {
            Description = "Where the index is written, and deleted again; the system's folder when absent.",
        };
        Command command = new("index", "Measure a large index: writing, opening, filtering.") { rows, width, folder };
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run("bench index", () => new IndexBench(
            parsed.GetValue(rows), parsed.GetValue(width),
            parsed.GetValue(folder)?.FullName ?? Path.GetTempPath()).Run(stopping))));
        return command;
    }
}
