using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>The data sets of one store, in three forms: made by the real command, and read without its code.</summary>
internal sealed class ExportedSets(TempFolder folder)
{
    private const int TrailerBytes = 1024; // the two zero blocks that end a tar file

    // What a PNG file ends with: the chunk IEND, of no bytes, and its checksum.
    private static readonly byte[] PngEnd = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82];

    private string Store => folder.File("data");

    /// <summary>Exports what is new, in all three forms at once.</summary>
    /// <returns>Samples that the one as COCO added.</returns>
    public async Task<int> AddAsync()
    {
        Command[] done = await Task.WhenAll(
            RunAsync("coco"), RunAsync("yolo"), RunAsync("webdataset", "--shard-mib", "1"));
        Assert.All(done, export => Assert.True(export.ExitCode == 0, export.Output + export.Error));
        return int.Parse(done[0].Output.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Sequences of the COCO set, in its order; each has its one annotation and its file, and no other file is
    /// there.</summary>
    public int[] CocoSequences()
    {
        using JsonDocument set = JsonDocument.Parse(File.ReadAllBytes(folder.File("coco/annotations.json")));
        JsonElement[] images = [.. set.RootElement.GetProperty("images").EnumerateArray()];
        int[] ids = [.. images.Select(image => image.GetProperty("id").GetInt32())];
        Assert.Equal(
            ids,
            set.RootElement.GetProperty("annotations").EnumerateArray()
                .Select(one => one.GetProperty("image_id").GetInt32()));
        Assert.Equal(
            images.Select(image => image.GetProperty("file_name").GetString()).Order(StringComparer.Ordinal),
            Files("coco/images"));
        return ids;
    }

    /// <summary>Holds pictures and labels against the store: those that it has are its bytes, all are whole.</summary>
    public void AssertPicturesAre(StoreView view, IReadOnlyList<StoredSample> stored)
    {
        foreach (string images in (string[])["coco/images", "yolo/images/train"])
        {
            HashSet<string> files = [.. Files(images)];
            foreach (StoredSample at in stored)
            {
                byte[] exported = File.ReadAllBytes(folder.File($"{images}/{at.Key}.png"));
                Assert.True(view.Read(at).Image.Span.SequenceEqual(exported), $"{images}/{at.Key}.png differs");
                files.Remove($"{at.Key}.png");
            }

            Assert.All(files, file => AssertWhole(File.ReadAllBytes(folder.File($"{images}/{file}"))));
        }

        Assert.Equal(Keys("yolo/images/train"), Keys("yolo/labels/train"));
        Assert.All(Files("yolo/labels/train"), file => Assert.EndsWith(
            "\n", File.ReadAllText(folder.File($"yolo/labels/train/{file}")), StringComparison.Ordinal));
    }

    /// <summary>Holds the tar shards against the store: they end with what it has, byte for byte and in order, and what
    /// comes before that is whole.</summary>
    /// <returns>Samples in them.</returns>
    public int AssertShardsEndWith(StoreView view, IReadOnlyList<StoredSample> stored)
    {
        using MemoryStream all = new();
        foreach (string name in Files("webdataset").Where(file => file.EndsWith(".tar", StringComparison.Ordinal)))
        {
            byte[] shard = File.ReadAllBytes(folder.File($"webdataset/{name}"));
            Assert.False(shard.AsSpan(shard.Length - TrailerBytes).ContainsAnyExcept((byte)0), $"{name} is cut");
            all.Write(shard.AsSpan(0, shard.Length - TrailerBytes));
        }

        using MemoryStream expected = new();
        foreach (StoredSample at in stored)
        {
            expected.Write(view.ReadMembers(at));
        }

        ReadOnlySpan<byte> end = all.ToArray().AsSpan((int)(all.Length - expected.Length));
        Assert.True(end.SequenceEqual(expected.ToArray()), "the shards do not end with the store's samples");
        all.Write(new byte[TrailerBytes]);
        all.Position = 0;
        return CountWhole(all);
    }

    /// <summary>Nothing is left that a stopped run would leave.</summary>
    public void AssertNothingIsUnfinished() => Assert.Empty(
        ((string[])["coco", "yolo", "webdataset"]).SelectMany(
            form => Directory.GetFiles(folder.File(form), "*.part", SearchOption.AllDirectories)));

    private static int CountWhole(Stream tar)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        using TarReader reader = new(tar);
        while (reader.GetNextEntry(copyData: true) is { } image)
        {
            (TarEntry mask, TarEntry json) = (reader.GetNextEntry(copyData: true)!, reader.GetNextEntry(true)!);
            string key = image.Name.Split('.')[0];
            Assert.Equal([$"{key}.png", $"{key}.mask.png", $"{key}.json"], [image.Name, mask.Name, json.Name]);
            Assert.True(keys.Add(key), $"{key} is there twice");
            AssertWhole(Bytes(image));
            AssertWhole(Bytes(mask));
            JsonElement said = JsonDocument.Parse(Bytes(json)).RootElement;
            Assert.Equal(key, $"{said.GetProperty("prompt_id")}-{said.GetProperty("attempt").GetInt32():D6}");
        }

        return keys.Count;
    }

    private static void AssertWhole(byte[] png)
    {
        Assert.True(png.AsSpan().EndsWith(PngEnd), "a picture is cut");
        _ = ImageCodec.DecodeRgb(png, ImageLimits.Default);
    }

    private static byte[] Bytes(TarEntry entry)
    {
        using MemoryStream bytes = new();
        entry.DataStream!.CopyTo(bytes);
        return bytes.ToArray();
    }

    private IEnumerable<string> Keys(string path) => Files(path).Select(file => file.Split('.')[0]);

    private string[] Files(string path) =>
    [
        .. Directory.GetFiles(folder.File(path)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
    ];

    private Task<Command> RunAsync(string form, params string[] more) => DaemonProcess.RunAsync(
        ["export", form, "--store", Store, "--output", folder.File(form), .. more]);
}
