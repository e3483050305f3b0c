using System.Globalization;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Prompts;
using Host.Commands;
using Host.Composition;
using Host.Configuration;
using Host.Dashboard;
using Host.Lifecycle;
using Host.Metrics;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Host.Demo;

/// <summary>Runs a daemon and one consumer on its real socket, shows the stages, and writes a contact sheet.</summary>
internal sealed class DemoRun
{
    private const string Group = "demo";

    private readonly HeadwaterConfig _config;
    private readonly string _output;
    private readonly List<(RgbImage Picture, BinaryMask Mask, string Caption)> _received = [];

    private DemoRun(HeadwaterConfig config, string output) => (_config, _output) = (config, output);

    /// <summary>Runs the demo.</summary>
    /// <param name="configPath">The configuration; the checkout's when null.</param>
    /// <param name="output">Where to write; a new folder of the checkout when null.</param>
    public static async Task<ExitCode> RunAsync(string? configPath, string? output)
    {
        string stamp = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        output = Path.GetFullPath(output ?? Path.Combine(CheckoutFolder.Path, "demo-out", stamp));
        HeadwaterConfig? config =
            Validate.Load(configPath ?? Path.Combine(CheckoutFolder.Path, "demo", "headwater.yaml"));
        if (config is null)
        {
            return ExitCode.Configuration;
        }

        try
        {
            Directory.CreateDirectory(output);
            return await new DemoRun(AsDemo(config, output), output).RunAsync().ConfigureAwait(false);
        }
        catch (Exception cause) when (Failures.CodeOf(cause) is not null)
        {
            await Console.Error.WriteLineAsync($"headwater: {cause.Message.ReplaceLineEndings(" ")}")
                .ConfigureAwait(false);
            return Failures.CodeOf(cause)!.Value;
        }
    }

    /// <summary>Ports that are free and a store of its own, so that a demo never meets a daemon that runs.</summary>
    private static HeadwaterConfig AsDemo(HeadwaterConfig config, string output) => config with
    {
        Run = config.Run with { StopWhenFilled = true },
        Store = config.Store with { Directory = Path.Combine(output, "data") },
        Transport = config.Transport with { Listen = ["tcp://127.0.0.1:0"], Token = null },
        Http = config.Http with { Listen = "http://127.0.0.1:0" },
    };

    private async Task<ExitCode> RunAsync()
    {
        using ShutdownSignals signals = ShutdownSignals.Listen(Say);
        ProcessMetrics.Start(TimeProvider.System);
        Daemon daemon = await Daemon.StartAsync(_config, new DaemonSurroundings(
            TimeProvider.System, NullLoggerFactory.Instance, Say, signals.Drain))
            .ConfigureAwait(false);
        await using (daemon.ConfigureAwait(false))
        {
            Say($"samples at {daemon.Addresses[0]}, metrics at {daemon.HttpAddress}/metrics");
            using CancellationTokenSource ended = new();
            Task consumer = ConsumeAsync(daemon.Addresses[0], ended.Token);
            Task<ExitCode> work = daemon.RunAsync();
            LiveDashboard dashboard = new(
                AnsiConsole.Console, TimeProvider.System, () => daemon.Stages, () => daemon.Deliveries,
                () => Line(daemon));
            await dashboard.ShowAsync(work).ConfigureAwait(false);
            ExitCode code = await work.ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await consumer.ConfigureAwait(false);
            return Report(daemon, code);
        }
    }

    /// <summary>Receives over the socket, as a training job would; a GOAWAY or the end of the work ends it.</summary>
    private async Task ConsumeAsync(WireAddress address, CancellationToken ended)
    {
        WireClient client = new(
            new WireClientOptions { Address = address, Group = Group, RetryFor = TimeSpan.Zero }, TimeProvider.System);
        await using (client.ConfigureAwait(false))
        {
            try
            {
                await foreach (SampleFrame sample in client.ReadAllAsync(ended).ConfigureAwait(false))
                {
                    RgbImage picture = ImageCodec.DecodeRgb(sample.Image.Span, ImageLimits.Default);
                    BinaryMask mask = ImageCodec.DecodeMask(sample.MaskPng.Span, ImageLimits.Default);
                    _received.Add((picture, mask, $"{sample.Sequence} {sample.Category}"));
                    await client.AckAsync(sample.Position, ended).ConfigureAwait(false);
                }
            }
            catch (Exception cause) when (cause is OperationCanceledException or IOException or WireClosedException)
            {
                // The daemon has said goodbye, or the demo is over; the report says how many came.
            }
        }
    }

    private string Line(Daemon daemon)
    {
        PlanProgress plan = daemon.Plan;
        return $"{plan.Categories.Sum(category => category.Accepted)} of {plan.Categories.Sum(c => c.Wanted)} samples "
            + $"accepted in {plan.Categories.Count} categories, {_received.Count} received over the socket";
    }

    /// <summary>Says something while the display may be up; a file or a pipe gets its lines as they are, unbroken.
    /// </summary>
    private static void Say(string text)
    {
        if (Console.IsOutputRedirected)
        {
            Console.Out.WriteLine(text);
        }
        else
        {
            AnsiConsole.WriteLine(text);
        }
    }

    private ExitCode Report(Daemon daemon, ExitCode code)
    {
        Console.Out.WriteLine(Line(daemon));
        foreach (CategoryProgress category in daemon.Plan.Categories.Where(c => c.State != CategoryState.Filled))
        {
            Console.Out.WriteLine($"{category.Name}: {category.Closed ?? "not filled"}");
        }

        if (_received.Count > 0)
        {
            string sheet = Path.Combine(_output, "contact-sheet.png");
            ContactSheet.Write(sheet, _received, cellPx: 160, samplesARow: 3);
            Console.Out.WriteLine($"samples (WebDataset shards and ledger): {_config.Store.Directory}");
            Console.Out.WriteLine($"contact sheet: {sheet}");
        }

        return code == ExitCode.Ok && _received.Count < daemon.LastSequence ? ExitCode.Fault : code;
    }
}
