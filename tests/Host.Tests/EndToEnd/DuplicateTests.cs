using System.Text.RegularExpressions;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: a daemon that was killed remembers exactly the samples its store accepted, and keeps their like out.
/// </summary>
public sealed class DuplicateTests : IDisposable
{
    private static readonly string Model = Repository.Path("models", "mini", "clip");

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_it_remembers_what_was_accepted_and_keeps_its_like_out()
    {
        string open = DaemonProcess.Config(_folder, quota: 100, more: Filters("max: 1"));
        Random random = new(7);
        for (int life = 0; life < 4; life++)
        {
            long before = Accepted();
            using DaemonProcess daemon = await DaemonProcess.StartAsync(open);
            Assert.Contains($"accepted samples remembered: dup {before}; 0 embedded anew", daemon.Said,
                StringComparison.Ordinal);

            Command consumer = await DaemonProcess.RunAsync(
                "consume", "--connect", daemon.Samples, "--group", $"g{life}", "--count",
                $"{before + random.Next(1, 6)}",
                "--output", _folder.File("out"));
            daemon.Signal("KILL");
            await daemon.ExitCodeAsync();

            Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
            Assert.True(Accepted() > before, $"life {life}: {before}, {Accepted()}\n{consumer.Output}{daemon.Said}");
        }

        // Everything is like something now, so no try brings anything new.
        long accepted = Accepted();
        using DaemonProcess closed = await DaemonProcess.StartAsync(
            DaemonProcess.Config(_folder, quota: 100, more: Filters("max: -1, all_categories: true")));
        using HttpClient http = new() { BaseAddress = new Uri(closed.Http) };
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(50));
        string metrics = "";
        while (!metrics.Contains("reason=\"near_duplicate\"", StringComparison.Ordinal))
        {
            await look.WaitForNextTickAsync(Token);
            metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        }

        Assert.Equal(accepted, Accepted());
        Assert.Matches(new Regex($"headwater_filter_rows\\{{filter=\"dup\"\\}} {accepted}\n"), metrics);
    }

    [Fact]
    public async Task Samples_of_before_the_filter_are_embedded_anew_or_the_start_is_refused()
    {
        string without = DaemonProcess.Config(_folder, quota: 2, more: "run: {stop_when_filled: true}");
        using (DaemonProcess first = DaemonProcess.Start(without))
        {
            Assert.Equal(0, await first.ExitCodeAsync());
        }

        using DaemonProcess refused = DaemonProcess.Start(
            DaemonProcess.Config(_folder, quota: 3, more: Filters("rebuild_max: 5")));
        Assert.Equal(69, await refused.ExitCodeAsync());
        Assert.Contains("More than 5 of the newest stored samples", refused.Said, StringComparison.Ordinal);

        using DaemonProcess rebuilt = await DaemonProcess.StartAsync(
            DaemonProcess.Config(_folder, quota: 3, more: Filters("rebuild_max: 6")));
        Assert.Matches(new Regex("remembered: dup 6; 6 embedded anew, 0 left out"), rebuilt.Said);
    }

    private static string Filters(string how) =>
        $"embedder: {{model: {{model: {Model}}}}}\nfilters: [{{name: dup, duplicates: {{{how}}}}}]";

    private long Accepted()
    {
        if (!File.Exists(_folder.File("data/ledger.db")))
        {
            return 0;
        }

        using StoreView store = StoreView.Open(_folder.File("data"));
        return store.LastSequence();
    }
}
