using System.CommandLine;
using Host.Composition;
using Host.Configuration;
using Host.Lifecycle;
using Host.Metrics;
using Microsoft.Extensions.Logging;

namespace Host.Commands;

/// <summary><c>headwater serve</c>: the daemon.</summary>
internal static class Serve
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        Option<string> config = Validate.ConfigOption();
        Command command = new("serve", "Run the daemon until it is told to drain (SIGTERM).") { config };
        command.SetAction(async (parsed, _) =>
        {
            HeadwaterConfig? loaded = Validate.Load(parsed.GetValue(config)!);
            return (int)(loaded is null ? ExitCode.Configuration : await RunAsync(loaded).ConfigureAwait(false));
        });
        return command;
    }

    private static async Task<ExitCode> RunAsync(HeadwaterConfig config)
    {
        using ShutdownSignals signals = ShutdownSignals.Listen(Say);
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        }));
        ProcessMetrics.Start(TimeProvider.System);
        try
        {
            Daemon daemon = await Daemon.StartAsync(
                config, new DaemonSurroundings(TimeProvider.System, logs, Say, signals.Drain)).ConfigureAwait(false);
            await using (daemon.ConfigureAwait(false))
            {
                string pictures = daemon.PictureAddresses.Count == 0
                    ? ""
                    : $", composed pictures at {string.Join(", ", daemon.PictureAddresses)}";
                Say($"ready: samples at {string.Join(", ", daemon.Addresses)}, http at {daemon.HttpAddress}, "
                    + $"data in {config.Store.Directory}{pictures}");
                ExitCode code = await daemon.RunAsync().ConfigureAwait(false);
                Say($"ended with {daemon.LastSequence} samples stored (exit {(int)code})");
                return code;
            }
        }
        catch (OperationCanceledException) when (signals.Drain.IsCancellationRequested)
        {
            Say("ended before the start was done");
            return ExitCode.Ok;
        }
        catch (Exception cause) when (Failures.CodeOf(cause) is not null)
        {
            await Console.Error.WriteLineAsync($"headwater: {cause.Message.ReplaceLineEndings(" ")}")
                .ConfigureAwait(false);
            return Failures.CodeOf(cause)!.Value;
        }
    }

    private static void Say(string line) => Console.Out.WriteLine($"headwater: {line}");
}
