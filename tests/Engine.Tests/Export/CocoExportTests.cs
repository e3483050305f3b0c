using System.Text.Json;
using Engine.Export;
using Engine.Imaging;
using Engine.Items;
using Engine.Store;
using Engine.Tests.Store;
using Kernels.Masks;
using Tests.Shared;

namespace Engine.Tests.Export;

/// <summary>
/// Goal: the data set is the store's samples and nothing else, however often the export was stopped on the way.
/// </summary>
public sealed class CocoExportTests : IDisposable
{
    private readonly StoreFolder _store = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_sample_is_a_picture_and_an_annotation_whose_text_is_its_mask()
    {
        Sample[] samples = await FillAsync(from: 0, count: 7);
        using StoreView view = StoreView.Open(_store.Path);

        (long added, long all) = new CocoExport(view, _folder.Path, CocoFlavour.Coco).Run(null, Token);

        JsonElement coco = Read(_folder.File("annotations.json"));
        JsonElement[] images = [.. coco.GetProperty("images").EnumerateArray()];
        JsonElement[] annotations = [.. coco.GetProperty("annotations").EnumerateArray()];
        Assert.Equal((7, 7, 7, 7), (added, all, images.Length, annotations.Length));
        for (int i = 0; i < samples.Length; i++)
        {
            string file = images[i].GetProperty("file_name").GetString()!;
            Assert.Equal(samples[i].Image, await File.ReadAllBytesAsync(_folder.File($"images/{file}"), Token));
            Assert.Equal(images[i].GetProperty("id").GetInt64(), annotations[i].GetProperty("image_id").GetInt64());
            BinaryMask mask = ImageCodec.DecodeMask(samples[i].MaskPng.Span, ImageLimits.Default);
            byte[] decoded = new byte[mask.Values.Length];
            string text = annotations[i].GetProperty("segmentation").GetProperty("counts").GetString()!;
            CocoRle.Decode(CocoRle.FromText(text), mask.Width, mask.Height, decoded);
            Assert.Equal(mask.Values, decoded);
            Assert.Equal(mask.Values.Sum(value => value), annotations[i].GetProperty("area").GetInt32());
        }
    }

    [Fact]
    public async Task Export_stopped_anywhere_and_resumed_is_the_export_made_at_once()
    {
        await FillAsync(from: 0, count: 9);
        using StoreView view = StoreView.Open(_store.Path);
        new CocoExport(view, _folder.File("whole"), CocoFlavour.Lvis).Run(null, Token);
        byte[] log = await File.ReadAllBytesAsync(_folder.File("whole/export.jsonl"), Token);
        byte[] whole = await File.ReadAllBytesAsync(_folder.File("whole/annotations.json"), Token);

        Random random = new(11);
        for (int round = 0; round < 12; round++)
        {
            string folder = _folder.File($"cut-{round}");
            Directory.CreateDirectory(folder);
            int cut = round == 0 ? 0 : random.Next(log.Length);
            await File.WriteAllBytesAsync(Path.Combine(folder, "export.jsonl"), log[..cut], Token);

            new CocoExport(view, folder, CocoFlavour.Lvis).Run(null, Token);

            Assert.Equal(whole, await File.ReadAllBytesAsync(Path.Combine(folder, "annotations.json"), Token));
            Assert.Equal(log, await File.ReadAllBytesAsync(Path.Combine(folder, "export.jsonl"), Token));
        }
    }

    [Fact]
    public async Task Second_run_adds_what_is_new_and_ids_stay()
    {
        await FillAsync(from: 0, count: 3);
        using StoreView view = StoreView.Open(_store.Path);
        CocoExport export = new(view, _folder.Path, CocoFlavour.Coco);
        export.Run(null, Token);
        JsonElement before = Read(_folder.File("annotations.json"));
        await FillAsync(from: 3, count: 4);

        (long added, long all) = export.Run(null, Token);

        JsonElement after = Read(_folder.File("annotations.json"));
        Assert.Equal((4, 7), (added, all));
        Assert.Equal(
            before.GetProperty("annotations").EnumerateArray().Select(at => at.ToString()),
            after.GetProperty("annotations").EnumerateArray().Take(3).Select(at => at.ToString()));
        Assert.Equal(
            before.GetProperty("categories").EnumerateArray().Select(at => at.ToString()),
            after.GetProperty("categories").EnumerateArray()
                .Take(before.GetProperty("categories").GetArrayLength()).Select(at => at.ToString()));
    }

    [Fact]
    public async Task Folder_of_another_store_or_of_something_else_is_refused()
    {
        await FillAsync(from: 0, count: 1);
        using StoreView view = StoreView.Open(_store.Path);
        CocoExport export = new(view, _folder.Path, CocoFlavour.Coco);
        await File.WriteAllTextAsync(_folder.File("export.jsonl"), "{\"stream\":\"other\"}\n", Token);

        ExportException other = Assert.Throws<ExportException>(() => export.Run(null, Token));
        await File.WriteAllTextAsync(_folder.File("export.jsonl"), "shopping list\n", Token);
        ExportException list = Assert.Throws<ExportException>(() => export.Run(null, Token));

        Assert.Contains("continues the store of stream other", other.Message, StringComparison.Ordinal);
        Assert.Contains("is not the log of an export", list.Message, StringComparison.Ordinal);
    }

    private Task<Sample[]> FillAsync(int from, int count) => MadeStore.FillAsync(_store, from, count);

    private static JsonElement Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
