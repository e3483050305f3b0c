using System.Globalization;
using System.Text;
using Engine.Items;
using Engine.Store;
using Engine.Store.Repair;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: a repair that is killed anywhere, also twice, loses nothing that could be read, deletes nothing, lists what is
/// lost, and is ended by the next. Method: the real command on copies of a damaged store, killed with SIGKILL by its
/// own libc after so many changes of the store's folder, each copy later than the last, until a run ends by itself.
/// <c>HEADWATER_REPAIR_STRIDE</c> sets how many changes apart the kills are at most; 1 takes each. The default is less
/// than what follows the ledger's transaction, so that kills come before and after it. <c>HEADWATER_REPAIR_SEED</c>
/// repeats a run's draws.
/// </summary>
public sealed class RepairKillTests : IDisposable
{
    private const int Count = 24;
    private const int SamplesAShard = 5;
    private const int KilledExitCode = 128 + 9;
    private const string Stranger = "shard-000009.tar";

    // By shard: 1 is missing, 2 has a sample without a header, 3 is cut in a sample; 0 and 4, the open one, are sound.
    private static readonly int[] Lost = [6, 7, 8, 9, 10, 13, 18, 19, 20];
    private static readonly int[] Kept = [.. Enumerable.Range(1, Count).Except(Lost)];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Damaged => _folder.File("damaged-store");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_after_any_change_of_the_disk_it_is_ended_by_the_next_and_loses_nothing(bool hasLedger)
    {
        string shim = await Shim.BuildAsync(
            _folder, "dying_disk.so", Repository.Path("tests", "Host.Tests", "EndToEnd", "dying_disk.c"));
        int seed = Number("HEADWATER_REPAIR_SEED", Random.Shared.Next());
        int stride = Number("HEADWATER_REPAIR_STRIDE", 16);
        Random random = new(seed);
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        await FillAsync();
        await DamageAsync(hasLedger);
        (int kills, int anew, int finished, int after) = (0, 0, 0, 0);
        while (await KilledAsync(shim, after += random.Next(stride) + 1) is { } store)
        {
            kills++;
            if (random.Next(3) == 0)
            {
                _ = await RepairAsync(store, shim, random.Next(stride) + 1); // or it ends by itself
            }

            Command ended = await RepairAsync(store);

            Assert.True(ended.ExitCode == 0, $"seed {seed}, after {after}: {ended.Output}{ended.Error}");
            _ = ended.Output.Contains("the report is", StringComparison.Ordinal) ? anew++ : finished++;
            await AssertIsMendedAsync(store, hasLedger);
            Directory.Delete(store, recursive: true);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{kills} kills up to change {after}: {anew} repairs were begun anew, {finished} were only finished");
        Assert.True(anew > 0 && finished > 0, $"seed {seed}: no kill on one side of the ledger's transaction");
    }

    /// <summary>Repairs a fresh copy of the damaged store; null when it ended before so many changes.</summary>
    private async Task<string?> KilledAsync(string shim, int after)
    {
        string store = _folder.File($"store-{after}");
        Directory.CreateDirectory(store);
        foreach (string file in Directory.GetFiles(Damaged))
        {
            File.Copy(file, Path.Combine(store, Path.GetFileName(file)));
        }

        Command repair = await RepairAsync(store, shim, after);
        Assert.True(repair.ExitCode is 0 or KilledExitCode, repair.Output + repair.Error);
        if (repair.ExitCode == KilledExitCode)
        {
            return store;
        }

        Command verify = await DaemonProcess.RunAsync("store", "verify", "--store", store);
        Assert.Equal((0, $"{Kept.Length} samples read, 0 findings"), (verify.ExitCode, verify.Output.Trim()));
        return null;
    }

    private static Task<Command> RepairAsync(string store, string? shim = null, int after = 0) =>
        DaemonProcess.RunWithAsync(
            new Dictionary<string, string?>
            {
                ["LD_PRELOAD"] = shim,
                ["DYING_DISK_AT"] = store,
                ["DYING_DISK_AFTER"] = after.ToString(CultureInfo.InvariantCulture),
            },
            "store", "repair", "--store", store, "--apply");

    private async Task AssertIsMendedAsync(string store, bool hasLedger)
    {
        using (StoreView view = StoreView.Open(store))
        {
            Assert.Empty(view.Verify(progress: null, Token));
            StoredSample[] found = [.. view.List(0, view.LastSequence())];
            Assert.Equal(Kept.Select(number => Sample(number).Key), found.Select(sample => sample.Key));
            Assert.All(found.Zip(Kept), at => AssertSame(Sample(at.Second), view.Read(at.First)));
        }

        Assert.Empty(StoreRepair.Run(store, apply: false, TimeProvider.System, Token).Actions);
        string away = Path.Combine(store, "damaged");
        foreach (string name in (string[])["shard-000002.tar", "shard-000003.tar", Stranger])
        {
            byte[] before = await File.ReadAllBytesAsync(Path.Combine(Damaged, name), Token);
            Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(away, name), Token));
        }

        Assert.Empty(Directory.GetFiles(away, "*.repaired"));
        string[] reports =
        [
            .. Directory.GetFiles(away, "repair-*.txt").Select(File.ReadAllText), // a kill before its end leaves a part
        ];
        Assert.Contains(reports, report => Listed(hasLedger).All(
            line => report.Contains(line, StringComparison.Ordinal)));
        await using SampleStore opened = SampleStore.Open(
            new StoreOptions { Directory = store, FreeBytesMin = 0 }, TimeProvider.System);
        Assert.Equal(Kept.Length, opened.LoadState().Accepted.Values.Sum());
    }

    /// <summary>What a report says: with a ledger each sample lost, without one the shards not whole.</summary>
    private static IEnumerable<string> Listed(bool hasLedger) => hasLedger
        ? Lost.Select(number => $"{number}\t{Sample(number).Key}\t")
        : ["ledger.db", "shard-000001.tar", "shard-000002.tar", "shard-000003.tar", Stranger];

    private async Task FillAsync()
    {
        await using SampleStore store = SampleStore.Open(
            new StoreOptions { Directory = Damaged, ShardBytesMax = 1 << 20, FreeBytesMin = 0 }, TimeProvider.System);
        await store.AppendAsync([.. Enumerable.Range(1, Count).Select(Sample)], Token);
        Assert.Equal(
            Enumerable.Range(0, Count).Select(at => at / SamplesAShard),
            store.List(0, int.MaxValue).Select(sample => sample.Shard));
    }

    private async Task DamageAsync(bool hasLedger)
    {
        StoredSample[] all;
        using (StoreView view = StoreView.Open(Damaged))
        {
            all = [.. view.List(0, view.LastSequence())];
        }

        File.Delete(Shard(1));
        using (FileStream shard = new(Shard(2), FileMode.Open, FileAccess.ReadWrite))
        {
            shard.Position = all[13 - 1].Offset + 20;
            shard.WriteByte((byte)'!');
        }

        using (FileStream shard = new(Shard(3), FileMode.Open, FileAccess.ReadWrite))
        {
            shard.SetLength(all[18 - 1].Offset + 100_000);
        }

        await File.WriteAllTextAsync(Path.Combine(Damaged, Stranger), "somebody's", Token);
        if (!hasLedger)
        {
            await File.WriteAllTextAsync(
                Path.Combine(Damaged, "ledger.db"), "this is a shopping list and no database file at all", Token);
        }
    }

    private string Shard(int number) => Path.Combine(Damaged, $"shard-{number:D6}.tar");

    private static Sample Sample(int number)
    {
        Random random = new(number);
        (byte[] image, byte[] mask) = (new byte[200_000], new byte[90]);
        random.NextBytes(image);
        random.NextBytes(mask);
        (string prompt, string category) = ($"{number / 4:x16}", $"category {number % 3}");
        return new()
        {
            Key = $"{prompt}-{number % 4:D6}",
            Category = category,
            PromptId = prompt,
            Attempt = number % 4,
            Image = image,
            ImageExtension = "png",
            MaskPng = mask,
            Json = Encoding.UTF8.GetBytes(
                $$"""{"category":"{{category}}","prompt_id":"{{prompt}}","attempt":{{number % 4}}}"""),
        };
    }

    private static void AssertSame(Sample expected, Sample actual) => Assert.True(
        expected.Image.Span.SequenceEqual(actual.Image.Span)
        && expected.MaskPng.Span.SequenceEqual(actual.MaskPng.Span)
        && expected.Json.Span.SequenceEqual(actual.Json.Span) && expected.Category == actual.Category,
        $"{expected.Key} differs");

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
