using System.CommandLine;
using Host.Bench;
using Host.Commands;
using Host.Lifecycle;
using Tests.Shared;

namespace Host.Tests.Bench;

public sealed class BenchDeliverTests
{
    [Theory]
    [InlineData("--rounds 0", "--rounds is 0; it must be 1 to 100.")]
    [InlineData("--traffic-mib 5000", "--traffic-mib is 5000; it must be 1 to 4096.")]
    public void Wrong_option_is_refused_with_the_value_and_the_bound(string line, string words)
    {
        ParseResult parsed = BenchDeliver.Create().Parse(line.Split(' '));

        Assert.Contains(parsed.Errors, error => error.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Small_run_measures_every_case_and_leaves_nothing_behind()
    {
        using TempFolder folder = new();

        ExitCode code = await new DeliverBench(
            folder.Path, [4, 64, 256], trafficBytes: 1 << 20, rounds: 1, warmUp: TimeSpan.Zero,
            new KernelPeers(Repository.Path("bench", "peers")))
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
