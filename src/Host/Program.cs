using System.CommandLine;
using System.CommandLine.Invocation;
using Host.Commands;
using Host.Lifecycle;
using Host.Metrics;

namespace Host;

/// <summary>The <c>headwater</c> command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Command version = new("version", "Print the version.");
        version.SetAction(_ => Console.Out.WriteLine(ProcessMetrics.Version));
        RootCommand root = new("Headwater: text prompts in, filtered and masked training samples out.")
        {
            DemoCommand.Create(),
            Serve.Create(),
            Validate.Create(),
            Consume.Create(),
            ExportCommand.Create(),
            StoreCommand.Create(),
            ExplainCommand.Create(),
            DevicesCommand.Create(),
            IndexCommand.Create(),
            new Command("bench", "Measure a part and print what bounds it.")
            {
                BenchMasks.Create(), BenchDiffusion.Create(), BenchKernels.Create(),
                BenchIndex.Create(), BenchCalibration.Create(), BenchDeliver.Create(),
            },
            version,
        };
        ParseResult parsed = root.Parse(args);
        int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
        return parsed.Action is ParseErrorAction ? (int)ExitCode.Usage : code; // The library's own code for it is 1.
    }
}
