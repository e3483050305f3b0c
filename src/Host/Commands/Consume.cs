using System.CommandLine;
using System.CommandLine.Parsing;
using Host.Transport;

namespace Host.Commands;

/// <summary><c>headwater consume</c>: receives samples as a training rank would, to look at them or to keep them.
/// </summary>
public static class Consume
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        Option<WireAddress> connect = new("--connect")
        {
            Description = "Where the daemon is: tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH.",
            CustomParser = ParseAddress,
            DefaultValueFactory = _ => WireAddress.Parse("tcp://127.0.0.1:7700"),
        };
        Option<string> group = new("--group")
        {
            Description = "The consumer group, 1 to 64 of [a-zA-Z0-9_.-]. Its place is kept by the daemon.",
            Required = true,
        };
        Option<int> rank = Number("--rank", "Which rank of the group, from 0.", value: 0, min: 0);
        Option<int> world = Number("--world", "How many ranks share the group's samples.", value: 1, min: 1);
        Option<int> window = Number(
            "--shuffle-window", "Samples in a block of the group's shuffled order; 0: as they were made.", 0, min: 0);
        Option<long> seed = new("--shuffle-seed") { Description = "The seed of that order, from 0." };
        Option<int?> count = new("--count")
        {
            Description = "Stop after so many samples; without it, when the plan has ended.",
        };
        Option<DirectoryInfo?> output = new("--output")
        {
            Description = "Write picture, mask and JSON of each sample here before it is acknowledged.",
        };
        Option<string> tokenEnv = new("--token-env")
        {
            Description = "The environment variable that holds the daemon's token.",
            DefaultValueFactory = _ => "HEADWATER_TOKEN",
        };
        Option<IReadOnlyDictionary<string, double>?> demand = DemandOption.Create();
        TrustArguments trust = new();
        Option<bool> json = new("--json") { Description = "Print one JSON object a sample." };
        count.Validators.Add(result => Check(result, "--count", min: 1));
        Command command = new("consume", "Receive samples from a running daemon.")
        {
            connect, group, rank, world, window, seed, demand, count, output, tokenEnv, json,
        };
        trust.AddTo(command);
        command.Validators.Add(result => CheckRank(result, rank, world));
        command.SetAction((parsed, stopping) => new Consumer(
            new WireClientOptions
            {
                Address = parsed.GetValue(connect)!,
                Group = parsed.GetValue(group)!,
                Rank = parsed.GetValue(rank),
                World = parsed.GetValue(world),
                Trust = trust.Of(parsed),
                ShuffleWindow = parsed.GetValue(window),
                ShuffleSeed = parsed.GetValue(seed),
                Token = Environment.GetEnvironmentVariable(parsed.GetValue(tokenEnv)!),
            },
            parsed.GetValue(demand),
            parsed.GetValue(count),
            parsed.GetValue(output) is { } directory ? new SampleFiles(directory) : null,
            new SampleLines(parsed.InvocationConfiguration.Output, parsed.GetValue(json)),
            parsed.InvocationConfiguration.Error).RunAsync(stopping));
        return command;
    }

    private static void CheckRank(CommandResult result, Option<int> rank, Option<int> world)
    {
        // An option that was not given has no result here, and its default not yet a value.
        int own = result.GetResult(rank)?.GetValueOrDefault<int>() ?? 0;
        int ranks = result.GetResult(world)?.GetValueOrDefault<int>() ?? 1;
        if (own >= ranks && ranks > 0)
        {
            result.AddError($"--rank is {own}; it must be below --world, which is {ranks}.");
        }
    }

    private static Option<int> Number(string name, string description, int value, int min)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result => Check(result, name, min));
        return option;
    }

    private static void Check(OptionResult result, string name, int min)
    {
        if (result.GetValueOrDefault<int?>() < min)
        {
            result.AddError($"{name} is {result.GetValueOrDefault<int?>()}; it must be at least {min}.");
        }
    }

    private static WireAddress? ParseAddress(ArgumentResult result)
    {
        if (WireAddress.ProblemWith(result.Tokens[0].Value, out WireAddress? address) is { } problem)
        {
            result.AddError($"--connect: {problem}.");
        }

        return address;
    }
}
