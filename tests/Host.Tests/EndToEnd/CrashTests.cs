using System.Globalization;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: whatever is killed at whatever moment, every training job applies every sample once, in order, as it was
/// stored. Method: a fast daemon and three jobs (a group of one, a group of two) that keep their place in checkpoints
/// are killed with SIGKILL, alone and together, at moments drawn from a seed; then Python compares what the jobs
/// applied with ledger and shards. <c>HEADWATER_CRASH_POINTS</c> sets how many kills, 100 by default, and
/// <c>HEADWATER_CRASH_SEED</c> repeats a run's draws.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_at_any_moment_no_sample_is_lost_doubled_out_of_order_or_changed()
    {
        await PythonProcess.SkipUnlessItHasAsync(("msgpack", "python3-msgpack"));
        int points = Number("HEADWATER_CRASH_POINTS", 100);
        int seed = Number("HEADWATER_CRASH_SEED", Random.Shared.Next());
        ITestOutputHelper output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"seed {seed}");
        using CrashRun run = new(_folder, seed);

        await run.KillAsync(points);
        long until = await run.FinishAsync();

        output.WriteLine(run.Report());
        Assert.True(until > points, $"seed {seed}: {until} samples only\n{run.Report()}");
        string[] groups = run.Checkpoints();
        Command check = await CheckAsync(until, groups);
        output.WriteLine(check.Output);
        Assert.True(check.ExitCode == 0, $"seed {seed}: {check.Output}{check.Error}\n{run.Report()}");
        Command verify = await DaemonProcess.RunAsync("store", "verify", "--store", _folder.File("data"));
        Assert.True(verify.ExitCode == 0, $"seed {seed}: {verify.Output}{verify.Error}");
        await CheckFindsAsync(until, groups);
    }

    /// <summary>The check is worth something: it finds each kind of damage when it is there.</summary>
    private async Task CheckFindsAsync(long until, string[] groups)
    {
        const int Entry = 12;
        string file = groups[0].Split('=')[1];
        byte[] bytes = await File.ReadAllBytesAsync(file);
        int first = Array.IndexOf(bytes, (byte)'\n') + 1;
        byte[] changed = [.. bytes];
        changed[^1] ^= 1;
        (byte[] File, string Found)[] damages =
        [
            (bytes[..^Entry], "lost 1,"), ([.. bytes, .. bytes[^Entry..]], "duplicated 1,"),
            ([.. bytes[..^(2 * Entry)], .. bytes[^Entry..], .. bytes[^(2 * Entry)..^Entry]], "out of order 1,"),
            (changed, "different 1,"), ([.. bytes[..first], .. bytes[(first + Entry)..]], "lost 1,"),
        ];
        foreach ((byte[] damaged, string found) in damages)
        {
            await File.WriteAllBytesAsync(file, damaged);

            Command check = await CheckAsync(until, groups);

            Assert.Equal(1, check.ExitCode);
            Assert.Contains(found, check.Output, StringComparison.Ordinal);
        }
    }

    private Task<Command> CheckAsync(long until, string[] groups) => Command.RunAsync(
        "/usr/bin/python3",
        [
            Repository.Path("tests", "Host.Tests", "EndToEnd", "crash_check.py"), _folder.File("data"),
            until.ToString(CultureInfo.InvariantCulture), .. groups,
        ]);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
