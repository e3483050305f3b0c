using System.CommandLine;
using System.Text.Json;
using Host.Commands;
using Host.Tests.Transport;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Commands;

/// <summary>Goal: the command prints and writes what arrives, acknowledges it, and ends when it has what it came for.
/// </summary>
public sealed class ConsumeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prints_a_line_a_sample_acknowledges_and_ends_with_0_after_the_count()
    {
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(5);

        (int code, string output, _) = await RunAsync(host, "--group", "look", "--count", "3");

        Assert.Equal(0, code);
        Assert.Equal(
            [
                "1\t0000000000000001-000000\tbath towel\t84", "2\t0000000000000002-000000\tyak\t84",
                "3\t0000000000000003-000000\tbath towel\t84",
            ],
            output.Trim().Split('\n'));
        await WireRig.UntilAsync(() => host.Hub.Snapshot().Groups.Single().CursorByRank[0] == 3);
    }

    [Fact]
    public async Task Second_run_goes_on_where_the_first_ended_and_ranks_part_the_samples()
    {
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(8);

        await RunAsync(host, "--group", "look", "--rank", "1", "--world", "2", "--count", "2");
        (_, string output, _) = await RunAsync(
            host, "--group", "look", "--rank", "1", "--world", "2", "--count", "2", "--json");

        Assert.Equal(
            [5, 7], output.Trim().Split('\n').Select(line =>
                JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt32()));
    }

    [Fact]
    public async Task Writes_the_three_files_of_each_sample()
    {
        using TempFolder folder = new();
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(1);
        string path = folder.File("new/folder");

        (int code, _, _) = await RunAsync(host, "--group", "look", "--count", "1", "--output", path);

        Engine.Items.Sample sample = host.Log.Make(1);
        Assert.Equal(0, code);
        Assert.Equal(
            ["0000000000000001-000000.json", "0000000000000001-000000.mask.png", "0000000000000001-000000.png"],
            Directory.GetFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Equal(sample.Image, await File.ReadAllBytesAsync(Path.Combine(path, $"{sample.Key}.png"), Token));
        Assert.Equal(sample.Json, await File.ReadAllBytesAsync(Path.Combine(path, $"{sample.Key}.json"), Token));
    }

    [Fact]
    public async Task Demand_is_told_to_the_daemon_each_name_up_to_its_last_equals_sign()
    {
        await using WireHost host = await WireHost.StartAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task<int> running = Consume.Create()
            .Parse(["--connect", $"{host.Address}", "--group", "g", "--demand", "yak=3", "--demand", "a=b, c=1"])
            .InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null }, stop.Token);
        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 2);
        await stop.CancelAsync();

        Assert.Equal(0, await running);
        Assert.Equal(
            new Dictionary<string, double> { ["yak"] = 1.5, ["a=b, c"] = 0.5 },
            host.Hub.Demand.Weights.ToDictionary());
    }

    [Fact]
    public async Task Daemon_that_says_no_ends_it_with_69_and_the_reason()
    {
        await using WireHost host = await WireHost.StartAsync(
            options: new TransportOptions { Token = "0123456789abcdef" });

        (int code, _, string error) = await RunAsync(host, "--group", "look", "--token-env", "HEADWATER_NO_SUCH_TOKEN");

        Assert.Equal(69, code);
        Assert.Equal(
            "The server ended the connection (unauthorized): The token is missing or wrong.", error.Trim());
    }

    [Fact]
    public async Task Nobody_there_is_said_while_it_is_tried_again()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using StoppingWriter error = new(stop);

        int code = await Consume.Create()
            .Parse(["--connect", "tcp://127.0.0.1:1", "--group", "look"])
            .InvokeAsync(new InvocationConfiguration { Output = TextWriter.Null, Error = error }, stop.Token);

        Assert.Equal(0, code);
        Assert.StartsWith("No server answers at tcp://127.0.0.1:1: ", error.ToString());
        Assert.Contains("; next try in 0.", error.ToString());
    }

    [Theory]
    [InlineData("--connect", "nowhere", "'nowhere' is no address; it must be tcp://HOST:PORT, tls://HOST:PORT")]
    [InlineData("--world", "-1", "--world is -1; it must be at least 1.")]
    [InlineData("--rank", "1", "--rank is 1; it must be below --world, which is 1.")]
    [InlineData("--rank", "-1", "--rank is -1; it must be at least 0.")]
    [InlineData("--count", "0", "--count is 0; it must be at least 1.")]
    [InlineData("--demand", "yak", "--demand: 'yak' is no demand; it must be NAME=WEIGHT")]
    [InlineData("--demand", "yak=some", "--demand: 'yak=some' is no demand; it must be NAME=WEIGHT")]
    [InlineData("--demand", "yak=-1", "--demand: The weight of 'yak' is -1; it must be 0 to 1000000000.")]
    public void Wrong_argument_is_named_with_its_bound(string option, string value, string expected)
    {
        ParseResult parsed = Consume.Create().Parse(["--group", "look", option, value]);

        Assert.Contains(expected, Assert.Single(parsed.Errors).Message);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(WireHost host, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await Consume.Create().Parse(["--connect", host.Address.ToString(), .. args])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Token);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Stops the command once it has said something.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            stop.Cancel();
        }
    }
}
