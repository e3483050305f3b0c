using System.CommandLine;
using Engine.Store;
using Host.Lifecycle;

namespace Host.Commands;

/// <summary><c>headwater store</c>: looks at a store without taking it.</summary>
internal static class StoreCommand
{
    private const int FindingsShownMax = 100;

    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create() => new("store", "Look at a store, also beside a daemon, or repair one.")
    {
        Stat(), Verify(), RepairCommand.Create(),
    };

    private static Command Stat()
    {
        Option<DirectoryInfo> store = StoreOption.Create();
        Command command = new("stat", "Count what the store holds.") { store };
        command.SetAction(parsed => Reading.Run("store stat", () => Print(parsed.GetValue(store)!)));
        return command;
    }

    private static Command Verify()
    {
        Option<DirectoryInfo> store = StoreOption.Create();
        Command command = new("verify", "Read every accepted byte; exit 74 when something is damaged.") { store };
        command.SetAction((parsed, stopping) => Task.FromResult(
            Reading.Run("store verify", () => Check(parsed.GetValue(store)!, stopping))));
        return command;
    }

    private static ExitCode Print(DirectoryInfo directory)
    {
        using StoreView view = StoreView.Open(directory.FullName);
        StoreStat stat = view.Stat();
        Console.Out.WriteLine($"stream {view.StreamId}, last sequence {view.LastSequence()}");
        Console.Out.WriteLine(
            $"{stat.Samples} samples, {stat.SampleBytes} bytes, {stat.Shards} shards ({stat.SealedShards} sealed)");
        if (stat.DeletedShards > 0)
        {
            Console.Out.WriteLine(
                $"{stat.DeletedShards} shards deleted; the first sample kept is {view.FirstSequence()}");
        }

        foreach ((string category, long count) in stat.AcceptedByCategory.OrderBy(at => at.Key, StringComparer.Ordinal))
        {
            Console.Out.WriteLine($"accepted {count}: {category}");
        }

        foreach ((string reason, long count) in stat.RejectedByReason.OrderBy(at => at.Key, StringComparer.Ordinal))
        {
            Console.Out.WriteLine($"rejected {count}: {reason}");
        }

        foreach (GroupCursor cursor in stat.Cursors)
        {
            Console.Out.WriteLine(
                $"group {cursor.Group}, rank {cursor.Rank} of {cursor.World}: acknowledged up to {cursor.Position}");
        }

        return ExitCode.Ok;
    }

    private static ExitCode Check(DirectoryInfo directory, CancellationToken stopping)
    {
        using StoreView view = StoreView.Open(directory.FullName);
        long findings = 0;
        foreach (string finding in view.Verify(at => Console.Error.WriteLine($"checked up to {at}"), stopping))
        {
            if (++findings <= FindingsShownMax)
            {
                Console.Out.WriteLine(finding);
            }
        }

        Console.Out.WriteLine($"{view.LastSequence() - view.FirstSequence() + 1} samples read, {findings} findings");
        return findings == 0 ? ExitCode.Ok : ExitCode.StoreFault;
    }
}
