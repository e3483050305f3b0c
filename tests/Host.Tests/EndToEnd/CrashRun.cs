using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>A daemon and its training jobs, killed and started again.</summary>
internal sealed class CrashRun : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder;
    private readonly Random _random;
    private readonly string _config;
    private readonly CrashJob[] _jobs;
    private readonly SortedDictionary<string, int> _kills = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private DaemonProcess? _daemon;
    private TimeSpan _startTook = TimeSpan.FromSeconds(1);
    private (int Daemon, int Tails, int Points) _count;

    public CrashRun(TempFolder folder, int seed)
    {
        (_folder, _random) = (folder, new Random(seed));
        string tcp = $"tcp://127.0.0.1:{FreePort()}";
        string unix = $"unix:{folder.File("wire.sock")}";
        _config = FastLine.Config(folder, [tcp, unix], "deliver: {backlog_max_items: 256, cursor_interval: 100ms}");
        _jobs =
        [
            new CrashJob(unix, "alone", 0, 1, folder.File("alone"), "manual"),
            new CrashJob(tcp, "pair", 0, 2, folder.File("pair-0"), "auto"),
            new CrashJob(tcp, "pair", 1, 2, folder.File("pair-1"), "auto"),
        ];
    }

    /// <summary>Kills so many times, and starts again what was killed each time.</summary>
    public async Task KillAsync(int points)
    {
        for (_count.Points = 1; _count.Points <= points; _count.Points++)
        {
            long started = Stopwatch.GetTimestamp();
            bool isNew = Revive(until: 0);
            string moment = "while it starts";
            if (_random.Next(5) > 0)
            {
                await _daemon!.ListensAsync();
                _startTook = isNew ? Stopwatch.GetElapsedTime(started) : _startTook;
                moment = await MomentAsync();
            }
            else
            {
                await PassAsync(_startTook * _random.NextDouble());
            }

            Kill(moment);
        }

        _clock.Stop();
    }

    /// <summary>Lets the jobs come up to what is stored, once all have died a last time, and ends the daemon.</summary>
    /// <returns>The newest sequence that all of them have applied.</returns>
    public async Task<long> FinishAsync()
    {
        KillDaemon();
        foreach (CrashJob job in _jobs)
        {
            job.Kill();
        }

        Revive(until: 0);
        await _daemon!.ListensAsync();
        long until = LastSequence();
        foreach (CrashJob job in _jobs)
        {
            job.Kill();
            job.Start(_random.Next(), until);
        }

        foreach (CrashJob job in _jobs)
        {
            try
            {
                await job.EndsAsync(HangLimit);
            }
            catch (TimeoutException late)
            {
                using HttpClient http = new() { BaseAddress = new Uri(_daemon.Http) };
                string status = await http.GetStringAsync(new Uri("/v1/status", UriKind.Relative));
                throw new TimeoutException(
                    $"{job} has not applied {until} after {HangLimit}: {status}\n{_daemon.Said}\n{Report()}", late);
            }
        }

        _daemon.Signal("TERM");
        int code = await _daemon.ExitCodeAsync();
        Assert.True(code == 0, _daemon.Said);
        return until;
    }

    /// <summary>What each job applied: GROUP=FILE[,FILE ...].</summary>
    public string[] Checkpoints() =>
    [
        .. _jobs.GroupBy(job => job.Group)
            .Select(group => $"{group.Key}={string.Join(',', group.Select(job => job.File))}"),
    ];

    public string Report() =>
        $"{_kills.Values.Sum()} kills in {_clock.Elapsed.TotalSeconds:F0} s, "
        + $"{_kills.Values.Sum() / _clock.Elapsed.TotalMinutes:F0} a minute; the daemon was up after "
        + $"{_startTook.TotalSeconds:F1} s; {_count.Tails} of its {_count.Daemon} deaths left bytes to cut\n"
        + string.Join('\n', _kills.Select(at => $"{at.Value} {at.Key}"));

    public void Dispose()
    {
        _daemon?.Dispose();
        foreach (CrashJob job in _jobs)
        {
            job.Dispose();
        }
    }

    /// <summary>Starts what is dead; says whether the daemon was.</summary>
    private bool Revive(long until)
    {
        bool isNew = _daemon is null;
        _daemon ??= DaemonProcess.Start(_config);
        foreach (CrashJob job in _jobs.Where(job => !job.IsAlive))
        {
            job.Start(_random.Next(), until);
        }

        return isNew;
    }

    private void Kill(string moment)
    {
        int who = _random.Next(100);
        (bool daemon, bool jobs) = (who < 65, who >= 40);
        if (jobs)
        {
            // One job or all of them; the daemon right after, when both are meant.
            int one = _random.Next(_jobs.Length + 1);
            foreach (CrashJob job in _jobs.Where((_, at) => one == _jobs.Length || at == one))
            {
                job.Kill();
            }
        }

        if (daemon)
        {
            KillDaemon();
            _count.Daemon++;
            _count.Tails += HasTail() ? 1 : 0;
        }

        string kind = $"{(daemon ? jobs ? "daemon and jobs" : "daemon" : "jobs")}, {moment}";
        _kills[kind] = _kills.GetValueOrDefault(kind) + 1;
    }

    private void KillDaemon()
    {
        _daemon?.Kill();
        _daemon?.Dispose();
        _daemon = null;
    }

    /// <summary>Waits for a moment worth a kill, a little past it at random.</summary>
    private async Task<string> MomentAsync()
    {
        CrashJob job = _jobs[_random.Next(_jobs.Length)];
        (string Name, Func<long> Value)[] moments =
        [
            ("when a shard has grown", ShardBytes), ("when the ledger has grown", LedgerTicks),
            ("when a job has said hello", () => job.Hellos), ("when a job has saved", () => job.Saves),
            ("at some time", () => 0),
        ];
        (string name, Func<long> value) = moments[_random.Next(moments.Length)];
        long before = value();
        TimeSpan limit = TimeSpan.FromMilliseconds(_random.Next(50, 800));
        long started = Stopwatch.GetTimestamp();
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(1));
        while (value() == before && Stopwatch.GetElapsedTime(started) < limit)
        {
            await look.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await PassAsync(TimeSpan.FromMilliseconds(_random.NextDouble() * 8));
        return name;
    }

    private static async Task PassAsync(TimeSpan time)
    {
        if (time >= TimeSpan.FromMilliseconds(1))
        {
            using PeriodicTimer timer = new(time);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private long ShardBytes() => Directory.Exists(_folder.File("data"))
        ? Directory.GetFiles(_folder.File("data"), "shard-*.tar").Sum(shard => new FileInfo(shard).Length)
        : 0;

    private long LedgerTicks() => new FileInfo(_folder.File("data/ledger.db-wal")) is { Exists: true } file
        ? file.LastWriteTimeUtc.Ticks
        : 0;

    /// <summary>Whether the dead daemon's shards have bytes that its ledger does not know: it was committing.</summary>
    private bool HasTail()
    {
        using TempFolder copy = new(); // Opening the ledger itself would tidy up what the next daemon must cope with.
        foreach (string file in Directory.Exists(_folder.File("data"))
            ? Directory.GetFiles(_folder.File("data"), "ledger.db*").Where(at => !at.EndsWith("-shm"))
            : [])
        {
            File.Copy(file, copy.File(Path.GetFileName(file)));
        }

        try
        {
            using StoreView view = StoreView.Open(copy.Path);
            StoreStat stat = view.Stat();
            return ShardBytes() > stat.SampleBytes + (1024 * stat.SealedShards);
        }
        catch (StoreException)
        {
            return false; // It died before there was a ledger.
        }
    }

    private long LastSequence()
    {
        using StoreView view = StoreView.Open(_folder.File("data"));
        return view.LastSequence();
    }

    private static int FreePort()
    {
        using TcpListener any = new(IPAddress.Loopback, 0);
        any.Start();
        return ((IPEndPoint)any.LocalEndpoint).Port;
    }
}
