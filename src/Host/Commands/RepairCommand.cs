using System.CommandLine;
using Engine.Store.Repair;
using Host.Lifecycle;

namespace Host.Commands;

/// <summary><c>headwater store repair</c>: says what it would do to a store that the daemon refuses, or does it.
/// </summary>
internal static class RepairCommand
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to <c>store</c>.</returns>
    public static Command Create()
    {
        Option<DirectoryInfo> store = new("--store")
        {
            Description = "The data directory; no daemon may have it.", Required = true,
        };
        Option<bool> apply = new("--apply")
        {
            Description = "Do it. Without this it only says what it would do.",
        };
        Command command = new(
            "repair", "Mend a store that the daemon refuses. What is damaged is moved to damaged/, never deleted.")
        {
            store, apply,
        };
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run(
            "store repair", () => Run(parsed.GetValue(store)!.FullName, parsed.GetValue(apply), stopping))));
        return command;
    }

    private static ExitCode Run(string directory, bool apply, CancellationToken stopping)
    {
        RepairResult result = StoreRepair.Run(directory, apply, TimeProvider.System, stopping);
        foreach (string action in result.Actions)
        {
            Console.Out.WriteLine(action);
        }

        Console.Out.WriteLine($"{result.KeptSamples} samples kept, {result.LostSamples} lost");
        if (result.ReportPath is { } report)
        {
            Console.Out.WriteLine($"done; the report is {report}");
        }
        else if (result.Actions.Count > 0)
        {
            Console.Out.WriteLine("nothing was changed; --apply does it");
            return ExitCode.StoreFault;
        }

        return ExitCode.Ok;
    }
}
