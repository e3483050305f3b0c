using Engine.Export;
using Engine.Items;
using Engine.Store;
using Engine.Tests.Store;
using Tests.Shared;

namespace Engine.Tests.Export;

/// <summary>Goal: the shards hold every chosen sample once, byte for byte, readable by any tar reader; whatever run was
/// stopped.</summary>
public sealed class WebDatasetExportTests : IDisposable
{
    private const int Count = 60;

    private const string ReadShards = """
        import hashlib, os, sys, tarfile
        for name in sorted(n for n in os.listdir(sys.argv[1]) if n.endswith(".tar")):
            last = None
            with tarfile.open(os.path.join(sys.argv[1], name)) as tar:
                for member in tar:
                    key, field = member.name.split(".", 1)
                    data = tar.extractfile(member).read()
                    if key != last:
                        print("sample " + name + " " + key)
                    last = key
                    print("field " + field + " " + hashlib.sha256(data).hexdigest())
        """;

    private readonly StoreFolder _store = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Python_reads_every_chosen_sample_once_with_its_three_fields_together()
    {
        Sample[] samples = await FillAsync(0, Count);
        using StoreView view = StoreView.Open(_store.Path);
        WebDatasetOptions options = new()
        {
            ShardBytesMax = 1 << 20, ShuffleSeed = 7, ValPercent = 25, Categories = ["category 0", "category 2"],
        };

        long added = new WebDatasetExport(view, _folder.Path, options).Run(null, Token);
        string said = await Python.RunAsync([("tarfile", "python3")], ReadShards, _folder.Path);

        Dictionary<string, Sample> chosen = samples
            .Where(sample => sample.Category != "category 1").ToDictionary(sample => sample.Key);
        Assert.Equal(chosen.Count, added);
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4 * chosen.Count, lines.Length);
        ExportSplit split = new(25);
        foreach (string[] sample in lines.Chunk(4))
        {
            string[] head = sample[0].Split(' ');
            Assert.True(chosen.Remove(head[2], out Sample? expected), $"{head[2]} twice or not chosen");
            Assert.StartsWith(split.Of(head[2]) + "-", head[1], StringComparison.Ordinal);
            Assert.Equal(
                [
                    $"field png {Hash(expected.Image.ToArray())}", $"field mask.png {Hash(expected.MaskPng.ToArray())}",
                    $"field json {Hash(expected.Json.ToArray())}",
                ],
                sample[1..]);
        }

        Assert.Empty(chosen);
        string[] files = Shards(_folder.Path);
        Assert.All(files, path => Assert.InRange(new FileInfo(path).Length, 1, 1 << 20));
        Assert.Contains(files, path => path.EndsWith("train-000001.tar", StringComparison.Ordinal));
        Assert.Contains(files, path => path.EndsWith("val-000000.tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_seed_the_order_is_the_stores_and_with_one_it_is_another_and_always_the_same()
    {
        Sample[] samples = await FillAsync(0, 20);
        using StoreView view = StoreView.Open(_store.Path);
        string[] plain = await KeysAsync(view, "plain", seed: null);
        string[] one = await KeysAsync(view, "one", seed: 1);
        string[] again = await KeysAsync(view, "again", seed: 1);
        string[] two = await KeysAsync(view, "two", seed: 2);

        Assert.Equal(samples.Select(sample => sample.Key), plain);
        Assert.Equal(one, again);
        Assert.NotEqual(plain, one);
        Assert.NotEqual(one, two);
        Assert.Equal(plain.Order(StringComparer.Ordinal), one.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_second_run_adds_shards_and_changes_none_and_a_stopped_one_is_begun_anew()
    {
        await FillAsync(0, 30);
        using StoreView view = StoreView.Open(_store.Path);
        WebDatasetOptions options = new() { ShardBytesMax = 1 << 20, ShuffleSeed = 3 };
        new WebDatasetExport(view, _folder.Path, options).Run(null, Token);
        Dictionary<string, byte[]> before = Shards(_folder.Path).ToDictionary(path => path, File.ReadAllBytes);
        await FillAsync(30, 30);
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        Assert.Throws<OperationCanceledException>(
            () => new WebDatasetExport(view, _folder.Path, options).Run(null, stop.Token));
        string torn = _folder.File($"train-{before.Count:D6}.tar"); // renamed, but its block was not logged
        await File.WriteAllTextAsync(torn, "half", Token);
        await File.WriteAllTextAsync(torn.Replace(".tar", ".tar.part", StringComparison.Ordinal), "half", Token);

        long added = new WebDatasetExport(view, _folder.Path, options).Run(null, Token);
        long none = new WebDatasetExport(view, _folder.Path, options).Run(null, Token);

        Assert.Equal((30L, 0L), (added, none));
        Assert.All(before, shard => Assert.Equal(shard.Value, File.ReadAllBytes(shard.Key)));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.part"));
        string said = await Python.RunAsync([("tarfile", "python3")], ReadShards, _folder.Path);
        string[] keys = [.. said.Split('\n').Where(line => line.StartsWith("sample ", StringComparison.Ordinal))];
        Assert.Equal((60, 60), (keys.Length, keys.Select(line => line.Split(' ')[2]).Distinct().Count()));
        ExportException other = Assert.Throws<ExportException>(() => new WebDatasetExport(
            view, _folder.Path, options with { ShuffleSeed = 4 }).Run(null, Token));
        Assert.Contains("export to another folder", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_split_is_by_key_alone_and_near_its_share()
    {
        string[] keys = [.. Enumerable.Range(0, 20_000).Select(number => Samples.Of(number).Key)];

        int val = keys.Count(key => new ExportSplit(10).Of(key) == "val");
        int more = keys.Count(key => new ExportSplit(10).Of(key) == "val" && new ExportSplit(20).Of(key) == "train");

        Assert.InRange(val, 1_800, 2_200);
        Assert.Equal(0, more); // a larger share keeps what a smaller one had
        Assert.Equal(0, keys.Count(key => new ExportSplit(0).Of(key) == "val"));
    }

    private async Task<string[]> KeysAsync(StoreView view, string name, ulong? seed)
    {
        new WebDatasetExport(view, _folder.File(name), new() { ShuffleSeed = seed }).Run(null, Token);
        string said = await Python.RunAsync([("tarfile", "python3")], ReadShards, _folder.File(name));
        return
        [
            .. said.Split('\n').Where(line => line.StartsWith("sample ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[2]),
        ];
    }

    // Pictures of about 60 kB, so that a shard of 1 MiB takes a few.
    private async Task<Sample[]> FillAsync(int from, int count)
    {
        Sample[] samples =
        [
            .. Enumerable.Range(from, count)
                .Select(number => Samples.Of(number, imageBytes: 60_000) with { ImageExtension = "png" }),
        ];
        await using SampleStore store = _store.Open();
        await store.AppendAsync(samples, Token);
        return samples;
    }

    private static string[] Shards(string folder) =>
        [.. Directory.GetFiles(folder, "*.tar").Order(StringComparer.Ordinal)];

    private static string Hash(byte[] bytes) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
