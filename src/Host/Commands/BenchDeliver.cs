using System.CommandLine;
using Host.Bench;
using Host.Configuration;

namespace Host.Commands;

/// <summary><c>headwater bench deliver</c>: sockets, disk and the Python client, each beside its floor.</summary>
internal static class BenchDeliver
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<int> traffic = new("--traffic-mib")
        {
            Description = "MiB sent in a round, 1 to 4096.", DefaultValueFactory = _ => 512,
        };
        traffic.Validators.Add(result => Check(result, "--traffic-mib", 1, 4096, result.GetValueOrDefault<int>()));
        Option<int> rounds = new("--rounds")
        {
            Description = "Rounds whose best counts, 1 to 100.", DefaultValueFactory = _ => 15,
        };
        rounds.Validators.Add(result => Check(result, "--rounds", 1, 100, result.GetValueOrDefault<int>()));
        Option<int[]> sizes = new("--sample-kib")
        {
            Description = "KiB of a sample, 4 to 16384; several cases one after the other.",
            DefaultValueFactory = _ => [4, 64, 256], AllowMultipleArgumentsPerToken = true,
        };
        sizes.Validators.Add(
            result => Check(result, "--sample-kib", 4, 16_384, result.GetValueOrDefault<int[]>() ?? []));
        Option<int> warmUp = new("--warm-up-seconds")
        {
            Description = "Each case runs for so long before it is measured, 0 to 600.", DefaultValueFactory = _ => 5,
        };
        warmUp.Validators.Add(
            result => Check(result, "--warm-up-seconds", 0, 600, result.GetValueOrDefault<int>()));
        Option<DirectoryInfo?> folder = new("--folder")
        {
            Description = "The disk: stores are made there, and deleted again; the system's folder when absent.",
        };
        Command command = new("deliver", "Measure delivery, storing and the Python client beside their floors.")
        {
            traffic, rounds, sizes, warmUp, folder,
        };
        command.SetAction((parsed, stopping) => Reading.RunAsync("bench deliver", () => new DeliverBench(
            parsed.GetValue(folder)?.FullName ?? Path.GetTempPath(), parsed.GetValue(sizes)!,
            (long)parsed.GetValue(traffic) << 20, parsed.GetValue(rounds),
            TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
            new KernelPeers(Path.Combine(CheckoutFolder.Path, "bench", "peers")))
            .RunAsync(stopping)));
        return command;
    }

    private static void Check(
        System.CommandLine.Parsing.OptionResult result, string name, int least, int most, params int[] values)
    {
        foreach (int value in values.Where(value => value < least || value > most))
        {
            result.AddError($"{name} is {value}; it must be {least} to {most}.");
        }
    }
}
