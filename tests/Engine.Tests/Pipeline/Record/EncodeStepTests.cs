using System.Text.Json;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Record;
using Kernels.Masks;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Record;

public sealed class EncodeStepTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly Provenance Provenance = new()
    {
        RunId = "night run",
        RunSeed = 1UL << 63,
        Software = "headwater 0.1.0",
        Embedder = "clip-mini",
    };

    [Theory]
    [InlineData(PictureFormat.Png, false, "png")]
    [InlineData(PictureFormat.Webp, true, "webp")]
    public async Task A_picture_kept_without_loss_decodes_to_its_pixels(
        PictureFormat format, bool lossless, string extension)
    {
        Embedded item = RecordItems.Of();

        Sample sample = await EncodeAsync(item, new() { Format = format, Lossless = lossless });

        Assert.Equal(extension, sample.ImageExtension);
        Assert.Equal(
            item.Annotated.Picture.Image.Pixels, ImageCodec.DecodeRgb(sample.Image.Span, new ImageLimits()).Pixels);
    }

    [Theory]
    [InlineData(PictureFormat.Webp, "webp")]
    [InlineData(PictureFormat.Jpeg, "jpg")]
    public async Task A_picture_kept_with_loss_decodes_to_its_size(PictureFormat format, string extension)
    {
        Embedded item = RecordItems.Of();

        Sample sample = await EncodeAsync(item, new() { Format = format, Quality = 80 });

        RgbImage image = ImageCodec.DecodeRgb(sample.Image.Span, new ImageLimits());
        Assert.Equal((extension, 40, 30), (sample.ImageExtension, image.Width, image.Height));
    }

    [Fact]
    public async Task The_mask_file_and_the_RLE_both_decode_to_the_mask()
    {
        Embedded item = RecordItems.Of();

        Sample sample = await EncodeAsync(item);

        JsonElement segmentation = JsonDocument.Parse(sample.Json).RootElement.GetProperty("segmentation");
        byte[] values = new byte[40 * 30];
        CocoRle.Decode(CocoRle.FromText(segmentation.GetProperty("counts").GetString()), 40, 30, values);
        Assert.Equal(item.Annotated.Mask.Values, values);
        Assert.Equal(item.Annotated.Mask.Values, ImageCodec.DecodeMask(sample.MaskPng.Span, new ImageLimits()).Values);
    }

    [Fact]
    public async Task An_embedding_is_kept_where_it_is_asked_for()
    {
        Embedded item = RecordItems.Of() with { Embedding = new float[] { 0.6f, -0.8f } };
        EncodeStep step = new(new(), Provenance with { EmbeddingRevision = "12ab black" }, long.MaxValue);

        Sample sample = (await step.RunAsync(item, TestContext.Current.CancellationToken)).Value!;

        JsonElement embedding = JsonDocument.Parse(sample.Json).RootElement.GetProperty("embedding");
        Assert.Equal("12ab black", embedding.GetProperty("revision").GetString());
        Assert.Equal("zThmug==", embedding.GetProperty("values").GetString()); // numpy's f16 of both.
    }

    [Fact]
    public async Task The_JSON_is_byte_for_byte_what_the_format_says()
    {
        const string Expected =
            """
            {"version":1,"key":"00112233445566aa-000007","category":"sea étoile \uD83E\uDDA6 \"x\"",
            "prompt":"a photo of <a> single sea otter’s paw","prompt_id":"00112233445566aa","attempt":7,
            "seed":"18446744073709551615","width":40,"height":30,"box":[8,5,18,15],"area":225,
            "segmentation":{"size":[30,40],"counts":"COUNTS"},"annotator":"sam","predicted_iou":0.875,
            "measures":{"area_ratio":0.1875,"border_px":0},"scores":{"bad":null,"clip":0.25},"embedder":"clip-mini",
            "generator":"mini","lineage":{"model":"mini-1","steps":"20"},
            "run":{"id":"night run","seed":"9223372036854775808"},"software":"headwater 0.1.0"}
            """;
        Embedded item = RecordItems.Of();

        Sample sample = await EncodeAsync(item);

        string counts = CocoRle.ToText(CocoRle.Encode(item.Annotated.Mask.Values, 40, 30)).Replace("\\", "\\\\");
        string expected = Expected.Replace("\n", string.Empty).Replace("COUNTS", counts);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(sample.Json.Span));
    }

    [Fact]
    public async Task Bounds_and_neighbours_stand_behind_the_scores_sorted_by_name()
    {
        Embedded item = RecordItems.Of() with
        {
            Bounds = new Dictionary<string, double> { ["clip"] = 0.2, ["bad"] = -1 },
            Neighbours = new Dictionary<string, string> { ["clip"] = "apple/1.png" },
        };

        Sample sample = await EncodeAsync(item);

        Assert.Contains(
            "\"scores\":{\"bad\":null,\"clip\":0.25},\"bounds\":{\"bad\":-1,\"clip\":0.2},"
                + "\"neighbours\":{\"clip\":\"apple/1.png\"},\"embedder\"",
            System.Text.Encoding.UTF8.GetString(sample.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_item_gives_the_same_bytes()
    {
        Sample first = await EncodeAsync(RecordItems.Of());
        Sample second = await EncodeAsync(RecordItems.Of());

        Store.Samples.AssertSame(first, second);
    }

    [Fact]
    public async Task Numbers_that_JSON_lacks_are_null_and_an_absent_embedder_too()
    {
        Embedded item = RecordItems.Of();
        item = item with { Annotated = item.Annotated with { PredictedIou = double.NaN } };
        EncodeStep step = new(new RecordOptions(), Provenance with { Embedder = null }, 1 << 20);

        Sample sample = (await step.RunAsync(item, default)).Value!;

        JsonElement json = JsonDocument.Parse(sample.Json).RootElement;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("predicted_iou").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("embedder").ValueKind);
    }

    [Fact]
    public async Task A_sample_over_the_bound_is_dropped_with_both_numbers_and_one_at_the_bound_is_kept()
    {
        Embedded item = RecordItems.Of();
        long bytes = (await EncodeAsync(item)).Bytes;

        Outcome<Sample> over = await new EncodeStep(new(), Provenance, bytes - 1).RunAsync(item, default);
        Outcome<Sample> at = await new EncodeStep(new(), Provenance, bytes).RunAsync(item, default);

        Assert.Equal(RejectReason.TooLarge, over.DropReason);
        Assert.Contains($"{bytes} bytes", over.Detail, StringComparison.Ordinal);
        Assert.Contains($"{bytes - 1}", over.Detail, StringComparison.Ordinal);
        Assert.Null(at.DropReason);
    }

    [Fact]
    public async Task A_mask_of_another_size_is_refused_with_both_sizes()
    {
        Embedded item = RecordItems.Of();
        item = item with { Annotated = item.Annotated with { Mask = new BinaryMask(2, 3, new byte[6]) } };

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => EncodeAsync(item));

        Assert.Contains("2 x 3 px", refused.Message, StringComparison.Ordinal);
        Assert.Contains("40 x 30 px", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_each_named_with_their_bound()
    {
        RecordOptions wrong = new()
        {
            Format = (PictureFormat)9,
            Quality = 0,
            Lossless = true,
        };

        Assert.Equal(
            ["Format", "Quality", "Lossless"],
            wrong.Problems().Select(problem => problem.Property));
        Assert.All(wrong.Problems(), problem => Assert.Contains("must be", problem.Message, StringComparison.Ordinal));
        Assert.Empty(new RecordOptions().Problems());
    }

    [Theory]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.Webp)]
    [InlineData(PictureFormat.Jpeg)]
    public async Task Pillow_and_json_read_what_was_encoded(PictureFormat format)
    {
        const string Script = """
            import io, json, sys
            from PIL import Image
            image, mask, text = [bytes.fromhex(line) for line in sys.stdin.read().split()]
            said = json.loads(text)
            grey = Image.open(io.BytesIO(mask))
            area = sum(1 for value in grey.getdata() if value == 255)
            assert grey.mode == "L" and set(grey.getdata()) == {0, 255}, grey.mode
            x, y, w, h = said["box"]
            assert grey.getbbox() == (x, y, x + w, y + h), grey.getbbox()
            assert Image.open(io.BytesIO(image)).convert("RGB").size == (said["width"], said["height"]) == grey.size
            assert area == said["area"] and int(said["seed"]) == 2 ** 64 - 1
            print("read")
            """;
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there: install python3");
        Command probe = await Command.RunAsync(Python, ["-c", "import PIL"]);
        Assert.SkipUnless(probe.ExitCode == 0, "Pillow is not there: install python3-pil");
        Sample sample = await EncodeAsync(RecordItems.Of(), new() { Format = format });

        Command answer = await Command.RunAsync(
            Python,
            ["-c", Script],
            input: string.Join('\n', new[] { sample.Image, sample.MaskPng, sample.Json }
                .Select(file => Convert.ToHexString(file.Span))));

        Assert.True(answer.Output.Trim() == "read", answer.Error);
    }

    private static async Task<Sample> EncodeAsync(Embedded item, RecordOptions? options = null) =>
        (await new EncodeStep(options ?? new(), Provenance, 32 << 20).RunAsync(item, default)).Value!;
}
