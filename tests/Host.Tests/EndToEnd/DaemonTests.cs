using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: the daemon as a user runs it: prompts to samples on a socket, drains, dies and comes back, loses nothing.
/// Method: real processes on free ports, the library generator and U2-Netp, the command line as the consumer.
/// </summary>
public sealed class DaemonTests : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Plan_is_filled_delivered_and_drained_with_exit_0()
    {
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder));

        Command consumer = await ConsumeAsync(daemon, "rank-a", count: 6, "--output", _folder.File("out"));
        daemon.Signal("TERM");
        int code = await daemon.ExitCodeAsync();

        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.True(code == 0, daemon.Said);
        Assert.Contains("SIGTERM: draining", daemon.Said, StringComparison.Ordinal);
        Assert.Contains("no embedder is configured", daemon.Said, StringComparison.Ordinal);
        Assert.Equal(6, Directory.GetFiles(_folder.File("out"), "*.json").Length);
        Assert.Equal(6, Directory.GetFiles(_folder.File("out"), "*.mask.png").Length);
        await using SampleStore store = OpenStore();
        Assert.Equal(
            new Dictionary<string, long> { ["apple"] = 2, ["guitar"] = 2, ["teapot"] = 2 }, store.LoadState().Accepted);
    }

    [Fact]
    public async Task Killed_again_and_again_it_stores_each_sample_once_and_a_consumer_gets_each_once()
    {
        string config = DaemonProcess.Config(_folder, quota: 4, "deliver: {cursor_acks_max: 1}");
        HashSet<long> received = [];
        Random random = new(5);
        int lives = 0;
        while (received.Count < 12 && ++lives < 40)
        {
            using DaemonProcess daemon = await DaemonProcess.StartAsync(config);
            int wanted = Math.Min(random.Next(1, 6), 12 - received.Count);

            Command consumer = await ConsumeAsync(daemon, "rank-a", wanted, "--json");
            daemon.Signal("KILL");
            await daemon.ExitCodeAsync();

            Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
            received.UnionWith(consumer.Output.Trim().Split('\n').Select(line =>
                JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt64()));
        }

        Assert.InRange(lives, 3, 39);

        await using SampleStore store = OpenStore();
        Assert.Equal(12, store.LastSequence);
        Assert.Equal(12, store.List(0, 100).Select(sample => sample.Key).Distinct().Count());

        // A kill may come before a cursor is on the disk and so bring a sample twice; none is missed.
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), received.Order());
    }

    [Fact]
    public async Task Prompts_by_http_become_samples_and_bad_lines_are_told_apart()
    {
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, quota: 1));
        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };

        using HttpResponseMessage answer = await http.PostAsync(
            new Uri("/v1/prompts", UriKind.Relative),
            new StringContent("{\"prompt\":\"a banana\",\"category\":\"banana\"}\nno json\n"), Token);
        Command consumer = await ConsumeAsync(daemon, "g", count: 4);
        string metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        using HttpResponseMessage ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        string body = await answer.Content.ReadAsStringAsync(Token);
        Assert.Contains("\"accepted\":1", body, StringComparison.Ordinal);
        Assert.Contains("\"line\":2", body, StringComparison.Ordinal);
        Assert.True(consumer.ExitCode == 0, consumer.Error);
        Assert.Contains("banana", consumer.Output, StringComparison.Ordinal);
        Assert.Contains("headwater_stage_sent_total{stage=\"store\"} 4", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        if (File.Exists("/usr/bin/promtool"))
        {
            Command check = await Command.RunAsync("/usr/bin/promtool", ["check", "metrics"], input: metrics);
            Assert.True(check.ExitCode == 0, check.Output + check.Error);
        }
    }

    [Fact]
    public async Task Second_signal_ends_at_once()
    {
        // A server that takes a request and never answers: the drain waits for it, so it cannot end before the second
        // signal. Both are SIGTERM: a shell that starts something in the background has it ignore SIGINT.
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        string remote = $"{"{kind: remote, remote: {url: "}\"http://{silent.LocalEndpoint}\"{"}}"}";
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, generator: remote));
        using TcpClient asked = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        daemon.Signal("TERM");
        await daemon.DrainsAsync();
        daemon.Signal("TERM");

        Assert.Equal(130, await daemon.ExitCodeAsync());
        await using SampleStore store = OpenStore();
    }

    [Fact]
    public async Task Stopped_consumer_stops_the_source_within_the_window_and_memory_stays_flat()
    {
        string config = DaemonProcess.Config(_folder, quota: 100_000, "deliver: {backlog_max_items: 16}");
        using DaemonProcess daemon = await DaemonProcess.StartAsync(config);
        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };
        Command first = await ConsumeAsync(daemon, "stops", count: 3);

        long before = await StandsStillAsync(http);
        long memoryBefore = Resident(daemon.ProcessId);
        Command more = await ConsumeAsync(daemon, "stops", count: 5);
        long after = await StandsStillAsync(http);
        string metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);

        Assert.Equal((0, 0), (first.ExitCode, more.ExitCode));

        // 3 acknowledged, 16 in the window, and what deliver and store may hold behind it, which is stored already.
        Assert.InRange(before, 3 + 16, 3 + 16 + 8 + 64 + 1);
        Assert.InRange(after, 8 + 16, 8 + 16 + 8 + 64 + 1);
        Assert.True(after >= before, "what was stored is gone");
        Assert.Matches("""headwater_deliver_blocked_seconds_total\{group="stops"\} 0*[.]?0*[1-9]""", metrics);
        Assert.InRange(Resident(daemon.ProcessId) - memoryBefore, long.MinValue, 64L << 20);
    }

    [Fact]
    public async Task Ended_plan_sends_the_tail_of_a_shuffled_group_and_ends_consumer_and_daemon_with_exit_0()
    {
        string[] order = ["--shuffle-window", "4", "--shuffle-seed", "7"];
        Command first;
        using (DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder)))
        {
            first = await ConsumeAsync(daemon, "ends", count: 4, order); // 2 more are no whole block
            daemon.Signal("TERM");
            Assert.True(await daemon.ExitCodeAsync() == 0, daemon.Said);
        }

        using DaemonProcess again = await DaemonProcess.StartAsync(
            DaemonProcess.Config(_folder, more: "run: {stop_when_filled: true}"));
        Command rest = await DaemonProcess.RunAsync(
            ["consume", "--connect", again.Samples, "--group", "ends", .. order]);
        int code = await again.ExitCodeAsync();

        Assert.True((first.ExitCode, rest.ExitCode, code) == (0, 0, 0), first.Error + rest.Error + again.Said);
        Assert.Equal((4, 2), (Lines(first), Lines(rest)));
        Assert.Contains("the plan has ended: 6 samples are stored", again.Said, StringComparison.Ordinal);
        await using SampleStore store = OpenStore();
        Assert.Equal([6], store.LoadBoundaries());
    }

    [Fact]
    public async Task Port_in_use_and_store_in_use_are_one_line_each()
    {
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder));
        using TempFolder second = new();
        using TempFolder third = new();

        using DaemonProcess samples = DaemonProcess.Start(DaemonProcess.Config(second, transport: daemon.Samples));
        using DaemonProcess http = DaemonProcess.Start(DaemonProcess.Config(third, http: daemon.Http));
        using DaemonProcess store = DaemonProcess.Start(DaemonProcess.Config(_folder));

        Assert.Equal((69, 69), (await samples.ExitCodeAsync(), await http.ExitCodeAsync()));
        Assert.Contains($"headwater: cannot listen on {daemon.Samples}", samples.Said, StringComparison.Ordinal);
        Assert.Contains($"headwater: cannot listen on {daemon.Http}", http.Said, StringComparison.Ordinal);
        Assert.Equal(74, await store.ExitCodeAsync());
        Assert.Contains(_folder.File("data"), store.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", samples.Said + http.Said + store.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("salient: {model: MODEL}", "", "does not exist", 78)]
    [InlineData("salient: {model: MODEL}", "garbage", "MODEL", 69)]
    public async Task Model_that_is_missing_or_none_is_one_line(string annotator, string content, string said, int code)
    {
        string model = _folder.File("model.onnx");
        if (content.Length > 0)
        {
            await File.WriteAllTextAsync(model, content, Token);
        }

        string config = DaemonProcess.Config(_folder);
        string text = await File.ReadAllTextAsync(config, Token);
        string line = text.Split('\n').Single(at => at.Contains("salient: {", StringComparison.Ordinal));
        await File.WriteAllTextAsync(config, text.Replace(
            line.Trim(), annotator.Replace("MODEL", model, StringComparison.Ordinal), StringComparison.Ordinal), Token);

        using DaemonProcess daemon = DaemonProcess.Start(config);

        Assert.Equal(code, await daemon.ExitCodeAsync());
        Assert.Contains(said.Replace("MODEL", model, StringComparison.Ordinal), daemon.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Said, StringComparison.Ordinal);
    }

    private static int Lines(Command command) => command.Output.Trim().Split('\n').Length;

    private static long Resident(int process) => long.Parse(
        File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)
        * Environment.SystemPageSize;

    private static Task<Command> ConsumeAsync(DaemonProcess daemon, string group, int count, params string[] more) =>
        DaemonProcess.RunAsync(
            ["consume", "--connect", daemon.Samples, "--group", group, "--count", $"{count}", .. more]);

    /// <summary>Waits until the line has not moved over 20 looks at its status, and tells what is stored.</summary>
    private static async Task<long> StandsStillAsync(HttpClient http)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(HangLimit);
        (string last, int same, long stored) = ("", 0, 0);
        while (same < 20)
        {
            string text = await http.GetStringAsync(new Uri("/v1/status", UriKind.Relative), limit.Token);
            JsonElement status = JsonDocument.Parse(text).RootElement;
            stored = status.GetProperty("last_sequence").GetInt64();
            bool isBlocked = status.GetProperty("delivery").GetProperty("blocked_by").ValueKind == JsonValueKind.String;
            string counts = string.Join(',', status.GetProperty("stages").EnumerateArray().Select(stage =>
                stage.GetProperty("received").GetInt64() + "/" + stage.GetProperty("sent").GetInt64()));
            (same, last) = (isBlocked && counts == last ? same + 1 : 0, counts);
            using PeriodicTimer look = new(TimeSpan.FromMilliseconds(50));
            await look.WaitForNextTickAsync(limit.Token);
        }

        return stored;
    }

    private SampleStore OpenStore() =>
        SampleStore.Open(new StoreOptions { Directory = _folder.File("data") }, TimeProvider.System);
}
