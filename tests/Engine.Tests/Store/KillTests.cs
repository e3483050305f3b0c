using System.Diagnostics;
using System.Globalization;
using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

/// <summary>
/// Goal: what an append acknowledged survives kill -9, once, and nothing else appears. Method: this test assembly runs
/// itself as a child that appends, and prints each write, each flush and each batch's end; the parent kills it at a
/// random line, so within every step of a commit, again and again on the same directory, and compares.
/// </summary>
public sealed class KillTests
{
    private const string DirectoryVariable = "HEADWATER_TEST_KILL_DIRECTORY";
    private const string Step = "step ";
    private const string Acknowledged = "acknowledged ";
    private const int Kills = 20;
    private const int Seed = 20260102;

    [Fact(Explicit = true)]
    public async Task Child_that_appends_until_it_is_killed()
    {
        string? directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, $"only as a child of the test beside it, which sets {DirectoryVariable}");
        using Stream output = Console.OpenStandardOutput();
        FaultFiles files = new()
        {
            OnWrite = (_, bytes, _) =>
            {
                Say("write");
                return Math.Max(1, bytes / 2); // more writes, so more places to be killed at
            },
            AfterFlush = _ => Say("flushed"),
        };
        await using SampleStore store = SampleStore.Open(Options(directory), TimeProvider.System, files);
        while (true)
        {
            int first = (int)store.LastSequence;
            Sample[] batch = [.. Enumerable.Range(first, 1 + (first % 7)).Select(Sample)];
            await store.AppendAsync(batch);
            Say(string.Create(CultureInfo.InvariantCulture, $"{Acknowledged}{first + batch.Length}"));
        }

        void Say(string line) => output.Write(System.Text.Encoding.ASCII.GetBytes($"{Step}{line}\n"));
    }

    [Fact]
    public async Task All_that_was_acknowledged_before_a_kill_is_there_once_and_nothing_else()
    {
        using StoreFolder folder = new();
        Random random = new(Seed);
        TestContext.Current.SendDiagnosticMessage("seed {0}", Seed);
        (int acknowledged, int torn) = (0, 0);

        for (int kill = 0; kill < Kills; kill++)
        {
            acknowledged = Math.Max(acknowledged, KillAfter(folder.Path, steps: random.Next(1, 300)));
            long found = Directory.GetFiles(folder.Path, "shard-*.tar").Sum(path => new FileInfo(path).Length);

            await using SampleStore store = SampleStore.Open(Options(folder.Path), TimeProvider.System);
            Assert.InRange(store.LastSequence, acknowledged, acknowledged + 7); // at most one batch was not yet printed
            foreach (StoredSample stored in store.List(0, int.MaxValue))
            {
                Samples.AssertSame(Sample((int)stored.Sequence - 1), await store.ReadAsync(stored));
            }

            long kept = Directory.GetFiles(folder.Path, "shard-*.tar").Sum(path => new FileInfo(path).Length);
            long samples = store.List(0, int.MaxValue).Sum(one => (long)one.Length);
            int sealedShards = store.List(store.LastSequence - 1, 1)[0].Shard;
            Assert.Equal(samples + (sealedShards * SampleTar.TrailerBytes), kept);
            torn += found > kept ? 1 : 0;
        }

        Assert.True(acknowledged > Kills, $"only {acknowledged} samples were ever acknowledged");
        Assert.True(torn > 0, "no kill tore a tail: the kills do not land within commits");
    }

    private static StoreOptions Options(string directory) =>
        new() { Directory = directory, ShardBytesMax = 1 << 20, FreeBytesMin = 0 };

    private static Sample Sample(int number) => Samples.Of(number, imageBytes: 100 + (number * 7919 % 30_000));

    private static int KillAfter(string directory, int steps)
    {
        string method = $"{typeof(KillTests).FullName}.{nameof(Child_that_appends_until_it_is_killed)}";
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Engine.Tests"))
        {
            ArgumentList = { "-noLogo", "-explicit", "only", "-method", method },
            RedirectStandardOutput = true,
            Environment = { [DirectoryVariable] = directory },
        };
        using Process child = Process.Start(start)!;
        int acknowledged = 0;
        List<string> other = [];
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith(Step, StringComparison.Ordinal))
            {
                other.Add(line);
                continue;
            }

            if (line.AsSpan(Step.Length).StartsWith(Acknowledged, StringComparison.Ordinal))
            {
                acknowledged = int.Parse(
                    line.AsSpan(Step.Length + Acknowledged.Length), CultureInfo.InvariantCulture);
            }

            if (--steps == 0)
            {
                child.Kill(); // SIGKILL; what it printed before is still read
            }
        }

        child.WaitForExit();
        Assert.True(steps <= 0, $"the child ended by itself: {string.Join('\n', other)}");
        return acknowledged;
    }
}
