using System.Text;
using System.Text.RegularExpressions;
using Engine.Crops;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Store;
using Engine.Tests.Store;
using Kernels.Device.Cpu;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>Goal: after any end of the process the filters remember exactly what the store accepted, up to the bound,
/// as the embedder of now sees it.</summary>
public sealed class AcceptedRestoreTests : IDisposable
{
    private readonly CpuDevice _device = new(threads: 2);
    private readonly StoreFolder _folder = new();
    private readonly AcceptedLine _line = new(kinds: 60);
    private readonly List<string> _said = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(7)]
    public async Task A_machine_that_stops_at_any_write_or_flush_remembers_what_its_store_holds(int rowsMax)
    {
        List<SampleStore> stopped = [];
        int step = 0;
        _folder.Files.OnWrite = (_, bytes, _) =>
        {
            Stop();
            return Math.Max(1, bytes / 2);
        };
        _folder.Files.AfterFlush = _ => Stop();

        await FillAsync();

        Assert.True(stopped.Count > 5);
        foreach (SampleStore copy in stopped)
        {
            using AcceptedObjects objects = Objects(rowsMax);
            int before = _line.Embeddings;
            await RestoreAsync(copy, objects, rowsMax);
            Assert.Equal(
                copy.List(0, int.MaxValue).TakeLast(rowsMax).Select(stored => stored.Key).Order(),
                objects.Keys.Order());
            Assert.Equal(before, _line.Embeddings); // Read, not made anew.
            await copy.DisposeAsync();
        }

        void Stop()
        {
            if (step++ % 3 == 0)
            {
                stopped.Add(_folder.OpenCopy($"stopped-{step}"));
            }
        }
    }

    [Fact]
    public async Task What_was_accepted_before_keeps_its_like_out_after_a_restart()
    {
        await FillAsync();
        await using SampleStore store = _folder.Open();
        using AcceptedObjects objects = Objects(1000);

        RestoredSamples restored = await RestoreAsync(store, objects, 1000);

        Assert.Equal((30, 0, 0), (restored.Kept, restored.Rebuilt, restored.LeftOutCount));
        foreach (StoredSample stored in store.List(0, int.MaxValue))
        {
            int kind = await KindAsync(store, stored);
            (RealNeighbour? nearest, bool isReserved) = objects.Reserve(
                "new", stored.Category, everywhere: false, _line.PointOf(kind), max: 0.999);
            Assert.False(isReserved);
            Assert.Equal(stored.Key, nearest!.Value.Id);
        }
    }

    [Fact]
    public async Task Embeddings_of_another_model_are_made_anew_from_the_pictures_or_refused_but_never_mixed_in()
    {
        await FillAsync();
        await using SampleStore store = _folder.Open();
        using AcceptedObjects objects = Objects(1000);
        AcceptedLine other = new(kinds: 60);

        RestoredSamples restored = await RestoreAsync(store, objects, 1000, other, "other black", rebuildMax: 30);
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            using AcceptedObjects none = Objects(1000);
            await RestoreAsync(store, none, 1000, other, "other black", rebuildMax: 29);
        });

        Assert.Equal((0, 30, 0), (restored.Kept, restored.Rebuilt, restored.LeftOutCount));
        Assert.Equal(30, other.Embeddings); // The refused one embedded nothing.
        Assert.Equal(30, objects.Rows);
        Assert.Contains("30 stored samples have no embedding of other black", _said[0], StringComparison.Ordinal);
        Assert.Contains("More than 29", refused.Message, StringComparison.Ordinal);
        Assert.Contains("rebuild_max", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_that_cannot_be_read_is_left_out_and_named()
    {
        await FillAsync();
        await using SampleStore store = _folder.Open(_folder.Options with { VerifySamples = 0 });
        StoredSample third = store.List(2, 1)[0];
        byte[] shard = File.ReadAllBytes(_folder.Shard(0));
        int at = (int)third.Offset + shard.AsSpan((int)third.Offset, third.Length).IndexOf("revision"u8);
        shard[at + 12] ^= 4; // Another revision, and so another checksum.
        File.WriteAllBytes(_folder.Shard(0), shard);
        using AcceptedObjects objects = Objects(1000);

        RestoredSamples restored = await RestoreAsync(store, objects, 1000);

        Assert.Equal((29, 0, 1), (restored.Kept, restored.Rebuilt, restored.LeftOutCount));
        Assert.Contains(third.Key, restored.LeftOut[0], StringComparison.Ordinal);
        Assert.DoesNotContain(third.Key, objects.Keys);
    }

    [Fact]
    public async Task A_sample_whose_files_do_not_fit_each_other_is_left_out_and_named()
    {
        await FillAsync();
        await using SampleStore store = _folder.Open();
        Sample first = await store.ReadAsync(store.List(0, 1)[0], Token);
        string json = Encoding.UTF8.GetString(first.Json.Span);
        Sample[] unfit =
        [
            first with { MaskPng = ImageCodec.EncodePng(new BinaryMask(1, 2, [1, 1])) },
            .. new[] { "[-1,0,2,2]", "[0,0,9000,2]", "[2147483647,0,2147483647,1]", "[0,0,0,1]" }
                .Select(box => first with { Json = WithBox(json, box) }),
        ];
        await store.AppendAsync(
            [.. unfit.Select((one, i) => one with { Attempt = 1000 + i, Key = $"{one.PromptId}-00{1000 + i}" })],
            Token);
        using AcceptedObjects objects = Objects(1000);

        RestoredSamples restored = await RestoreAsync(
            store, objects, 1000, new(kinds: 60), "other black", rebuildMax: 100);

        Assert.Equal((0, 30, 5), (restored.Kept, restored.Rebuilt, restored.LeftOutCount));
        Assert.Contains($"{first.PromptId}-001000", restored.LeftOut[0], StringComparison.Ordinal);
        Assert.Contains("1 x 2", restored.LeftOut[0], StringComparison.Ordinal);
        Assert.All(restored.LeftOut.Skip(1), why => Assert.Contains("its box", why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_json_of_a_sample_is_read_alone()
    {
        await FillAsync();
        await using SampleStore store = _folder.Open();
        foreach (StoredSample stored in store.List(0, int.MaxValue))
        {
            Assert.Equal((await store.ReadAsync(stored, Token)).Json, store.ReadJson(stored));
        }

        StoredSample first = store.List(0, 1)[0];
        StoreDamagedException none = Assert.Throws<StoreDamagedException>(
            () => store.ReadJson(first with { Offset = first.Offset + 7 }));
        Assert.Contains("header", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_embedding_as_text_is_that_of_numpys_f16_and_a_damaged_one_is_none()
    {
        // base64.b64encode(numpy.array([1, -0.5, 0.1, 6.1e-5], "<f2").tobytes())
        Assert.Equal("ADwAuGYu/wM=", EmbeddingText.Of([1, -0.5f, 0.1f, 6.1e-5f]));
        Assert.Equal([1, -0.5f, (float)(Half)0.1f, (float)(Half)6.1e-5f], EmbeddingText.Read("ADwAuGYu/wM=", 4)!);
        Assert.Null(EmbeddingText.Read("ADwAuGYu/wM=", 3));
        Assert.Null(EmbeddingText.Read("ADwAuGYu/wM=", 5));
        Assert.Null(EmbeddingText.Read("ADwAuGYu!wM=", 4));
        Assert.Null(EmbeddingText.Read("AHw=", 1)); // Infinity.
    }

    private static byte[] WithBox(string json, string box) =>
        Encoding.UTF8.GetBytes(Regex.Replace(json, @"""box"":\[[^]]*\]", $"\"box\":{box}"));

    private async Task FillAsync()
    {
        using AcceptedObjects objects = Objects(1000);
        await using SampleStore store = _folder.Open();
        StageSnapshot[] stages = await _line.RunAsync(store, [Filter(objects, 1000, 0)], quota: 10);
        Assert.True(store.LastSequence == 30, string.Join('\n', stages.SelectMany(stage => stage.DroppedByReason)));
    }

    private static async Task<int> KindAsync(SampleStore store, StoredSample stored) => AcceptedLine.KindOf(
        ImageCodec.DecodeRgb((await store.ReadAsync(stored, Token)).Image.Span, ImageLimits.Default));

    private AcceptedObjects Objects(int rowsMax) => new("dup", _line.Width, rowsMax, _device, _said.Add);

    private static DuplicateFilter Filter(AcceptedObjects objects, int rowsMax, int rebuildMax) => new(
        new() { Name = "dup", Duplicates = new() { Max = 0.999, RowsMax = rowsMax, RebuildMax = rebuildMax } },
        objects);

    private Task<RestoredSamples> RestoreAsync(
        SampleStore store, AcceptedObjects objects, int rowsMax, AcceptedLine? line = null,
        string revision = AcceptedLine.Revision, int rebuildMax = 1)
    {
        EmbedStep embed = new(line ?? _line, CropRecipe.WholeOnBlack);
        return new AcceptedRestore(store, embed, revision, _said.Add)
            .RunAsync([Filter(objects, rowsMax, rebuildMax)], Token);
    }
}
