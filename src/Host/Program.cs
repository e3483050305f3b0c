using System.CommandLine;
using Host.Commands;
using Host.Metrics;

namespace Host;

/// <summary>The <c>headwater</c> command.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
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
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }
}
