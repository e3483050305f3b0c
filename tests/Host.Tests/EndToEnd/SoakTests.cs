using System.Globalization;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: a daemon that runs for long grows in nothing, whatever its consumers do. Method: a fast line with four
/// consumer groups: healthy, slow, dead (its process is stopped: connected, reads nothing) and never acknowledging, the
/// last two coming and going; memory, handles and threads are read from /proc each second and a line is laid through
/// them. <c>HEADWATER_SOAK_MINUTES</c> sets how long, 1.25 by default; docs/reliability.md has long runs' figures.
/// </summary>
public sealed class SoakTests : IDisposable
{
    private const int DeadEverySeconds = 30;
    private const int DeadForSeconds = 15;

    private readonly TempFolder _folder = new();
    private readonly List<PythonProcess> _consumers = [];

    public void Dispose()
    {
        _consumers.ForEach(consumer => consumer.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Memory_handles_and_threads_stay_flat_with_healthy_slow_dead_and_never_acking_consumers()
    {
        await PythonProcess.SkipUnlessItHasAsync(("msgpack", "python3-msgpack"));
        double minutes = double.Parse(
            Environment.GetEnvironmentVariable("HEADWATER_SOAK_MINUTES") ?? "1.25", CultureInfo.InvariantCulture);
        using DaemonProcess daemon = await DaemonProcess.StartAsync(FastLine.Config(
            _folder, ["tcp://127.0.0.1:0"],
            "deliver: {backlog_max_items: 512, on_stopped: detach, idle_timeout: 1s}"));
        PythonProcess[] all = [.. new[] { "healthy", "slow", "dead", "never-acking" }.Select(
            kind => Start(daemon, kind))];
        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };

        List<SoakReading> readings = await WatchAsync(daemon, http, all[2], TimeSpan.FromMinutes(minutes));

        Assert.All(all, consumer => Assert.False(consumer.HasEnded, consumer.Said));
        SoakReport report = new(readings);
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Assert.True(report.Accepted > 20 * 60 * minutes, report.ToString()); // It did something.
        Assert.All(["slow", "dead", "never-acking"], group => Assert.True(
            report.BlockedSeconds(group) > 0, $"{group} never held the line back\n{report}"));

        // A short run's line is laid through a few collections and one coming and going, and the heap goes on settling
        // for some ten minutes, so they are held to less: long runs' memory moves within 15 to 20 MiB, and a window of
        // five minutes has caught 14 of them. A kilobyte kept of each sample would be 10 MiB/min. The thread pool
        // breathes by 8; a thread lost with each connection that comes and goes would be 25 in five minutes.
        (double memory, double handles, double threads) = minutes switch
        {
            >= 20 => (1.0, 2.0, 2.0),
            >= 8 => (4.0, 2.0, 8.0),
            _ => (16.0, 8.0, 16.0),
        };
        Assert.True(report.MemoryMiBPerMinute < memory, report.ToString());
        Assert.True(Math.Abs(report.HandlesGrown) < handles, report.ToString());
        Assert.True(report.ThreadsGrown < threads, report.ToString());
    }

    private PythonProcess Start(DaemonProcess daemon, string kind)
    {
        PythonProcess consumer = PythonProcess.Start(
            "soak_consumer.py", null, daemon.Samples, kind, kind, daemon.Http.TrimEnd('/'));
        _consumers.Add(consumer);
        return consumer;
    }

    private static async Task<List<SoakReading>> WatchAsync(
        DaemonProcess daemon, HttpClient http, PythonProcess dead, TimeSpan length)
    {
        List<SoakReading> readings = [];
        using PeriodicTimer look = new(TimeSpan.FromSeconds(1));
        for (int second = 0; second < length.TotalSeconds; second++)
        {
            if (second % DeadEverySeconds == DeadEverySeconds - DeadForSeconds)
            {
                dead.Signal("STOP");
            }
            else if (second % DeadEverySeconds == 0)
            {
                dead.Signal("CONT");
            }

            string metrics = await http.GetStringAsync(
                new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
            readings.Add(SoakReading.Of(daemon.ProcessId, second, metrics));
            await look.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return readings;
    }
}
