using Engine.Flow;
using Engine.Items;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Embed;

/// <summary>
/// Goal: what goes in and comes out is right for every layout. Method: a small model whose embedding is the mean of
/// each channel of its input, so the numbers show what it was fed.
/// </summary>
public sealed class OnnxImageEmbedderTests : IDisposable
{
    private const int Float16 = 10;

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Embedding_is_the_models_output_at_length_1()
    {
        using OnnxImageEmbedder embedder = await LoadAsync(Means());

        float[] unit = (await embedder.EmbedAsync([Plain(30, 40, 0)], Token))[0].Value!;

        // The picture minus nothing, over 255, of length 1: 3 : 4 : 0.
        Assert.Equal(3, embedder.Width);
        Assert.Equal([0.6f, 0.8f, 0f], unit.Select(value => MathF.Round(value, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task Embedding_does_not_depend_on_the_batch_it_came_in(int batchMax)
    {
        RgbImage[] pictures = [.. Enumerable.Range(0, 7).Select(i => Plain((byte)(10 * i), 100, (byte)(200 - i)))];
        using OnnxImageEmbedder embedder = await LoadAsync(Means(), options => options with { BatchMax = batchMax });

        IReadOnlyList<Outcome<float[]>> together = await embedder.EmbedAsync(pictures, Token);

        for (int i = 0; i < pictures.Length; i++)
        {
            float[] alone = (await embedder.EmbedAsync([pictures[i]], Token))[0].Value!;
            Assert.Equal(alone, together[i].Value!);
        }
    }

    [Fact]
    public async Task Model_of_a_fixed_batch_gets_full_batches_and_answers_for_the_pictures_alone()
    {
        using OnnxImageEmbedder embedder = await LoadAsync(Means(batch: 4));

        IReadOnlyList<Outcome<float[]>> outcomes = await embedder.EmbedAsync(
            [Plain(30, 40, 0), Plain(0, 1, 0), Plain(1, 0, 0), Plain(0, 0, 1), Plain(40, 30, 0)], Token);

        Assert.Equal(4, embedder.BatchMax);
        Assert.Equal(5, outcomes.Count);
        Assert.Equal([0.8f, 0.6f, 0f], outcomes[4].Value!.Select(value => MathF.Round(value, 6)));
    }

    [Fact]
    public async Task Half_precision_in_and_out_is_read()
    {
        TinyOnnx half = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 2, 2], Float16)
            .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
            .Node("Flatten", ["pooled"], ["image_embeds"])
            .Output("image_embeds", [-1, 3], Float16);
        using OnnxImageEmbedder embedder = await LoadAsync(half);

        float[] unit = (await embedder.EmbedAsync([Plain(30, 40, 0)], Token))[0].Value!;

        Assert.Equal([0.6, 0.8, 0], unit.Select(value => Math.Round(value, 2)));
    }

    [Fact]
    public async Task Output_that_is_not_finite_or_all_zero_drops_that_picture_alone()
    {
        // log of the mean: minus infinity for a black channel, 0 for all white.
        TinyOnnx log = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 2, 2])
            .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
            .Node("Flatten", ["pooled"], ["flat"])
            .Node("Log", ["flat"], ["image_embeds"])
            .Output("image_embeds", [-1, 3]);
        using OnnxImageEmbedder embedder = await LoadAsync(log);

        IReadOnlyList<Outcome<float[]>> outcomes =
            await embedder.EmbedAsync([Plain(0, 9, 9), Plain(9, 9, 9), Plain(255, 255, 255)], Token);

        Assert.Equal(
            [RejectReason.NonFinite, null, RejectReason.NonFinite], outcomes.Select(outcome => outcome.DropReason));
        Assert.Equal("the embedding's length is 0", outcomes[2].Detail);
    }

    [Fact]
    public async Task Run_without_memory_is_made_again_by_halves_and_the_ceiling_is_kept()
    {
        // Allocates (B / 2)^55 + 1 numbers: a few for three pictures, 2^55 for four, more than addresses reach.
        TinyOnnx hungry = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 2, 2])
            .Constant("first", [1], 0L)
            .Constant("one", [1], 1L)
            .Constant("two", [1], 2L)
            .Constant("power", [1], 55L)
            .Node("Shape", ["pixel_values"], ["shape"])
            .Node("Gather", ["shape", "first"], ["batch"])
            .Node("Div", ["batch", "two"], ["half"])
            .Node("Pow", ["half", "power"], ["most"])
            .Node("Add", ["most", "one"], ["size"])
            .Node("ConstantOfShape", ["size"], ["zeros"])
            .Node("ReduceMax", ["zeros"], ["zero"], ("keepdims", 0L))
            .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
            .Node("Flatten", ["pooled"], ["flat"])
            .Node("Add", ["flat", "zero"], ["image_embeds"])
            .Output("image_embeds", [-1, 3]);
        using OnnxImageEmbedder embedder = await LoadAsync(hungry);

        IReadOnlyList<Outcome<float[]>> outcomes = await embedder.EmbedAsync(
            [Plain(30, 40, 0), Plain(40, 30, 0), Plain(30, 40, 0), Plain(40, 30, 0), Plain(30, 40, 0)], Token);

        Assert.Equal(2, embedder.BatchCeiling);
        Assert.Equal(
            [0.6, 0.8, 0.6, 0.8, 0.6], outcomes.Select(outcome => Math.Round(outcome.Value![0], 6)));
    }

    [Fact]
    public async Task Whole_clip_is_fed_a_text_and_its_picture_half_is_read()
    {
        TinyOnnx whole = new TinyOnnx()
            .Input("input_ids", [-1, -1], TinyOnnx.Int64)
            .Input("attention_mask", [-1, 77], TinyOnnx.Int64)
            .Input("pixel_values", [-1, 3, 2, 2])
            .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
            .Node("Flatten", ["pooled"], ["image_embeds"])
            .Node("Add", ["input_ids", "attention_mask"], ["text_embeds"])
            .Output("text_embeds", [-1, 77], TinyOnnx.Int64)
            .Output("image_embeds", [-1, 3]);
        using OnnxImageEmbedder embedder = await LoadAsync(whole);

        Assert.Equal(0.8f, (await embedder.EmbedAsync([Plain(30, 40, 0)], Token))[0].Value![1], 6);
    }

    [Fact]
    public async Task Output_is_chosen_by_name_then_image_embeds_then_the_only_one()
    {
        TinyOnnx two = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 2, 2])
            .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
            .Node("Flatten", ["pooled"], ["one"])
            .Node("Neg", ["one"], ["other"])
            .Output("one", [-1, 3])
            .Output("other", [-1, 3]);

        ModelException unclear = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(two));
        ModelException absent = await Assert.ThrowsAsync<ModelException>(
            () => LoadAsync(two, options => options with { OutputName = "third" }));
        using OnnxImageEmbedder named = await LoadAsync(two, options => options with { OutputName = "other" });

        Assert.Contains("2 outputs and none is image_embeds; choose one with output_name", unclear.Message,
            StringComparison.Ordinal);
        Assert.Contains("output third missing", absent.Message, StringComparison.Ordinal);
        Assert.Equal(-0.8f, (await named.EmbedAsync([Plain(30, 40, 0)], Token))[0].Value![1], 6);
    }

    [Fact]
    public async Task Model_of_another_role_is_refused_with_what_was_expected()
    {
        TinyOnnx noPixels = new TinyOnnx()
            .Input("x", [1, 3, 2, 2]).Node("Neg", ["x"], ["y"]).Output("y", [1, 3, 2, 2]);
        TinyOnnx map = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 2, 2]).Node("Neg", ["pixel_values"], ["y"]).Output("y", [-1, 3, 2, 2]);

        ModelException input = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(noPixels));
        ModelException output = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(map));
        ModelException size = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(Means(side: 5)));

        Assert.Contains("input pixel_values missing", input.Message, StringComparison.Ordinal);
        Assert.Contains("the output y must be f32 or f16 [B, D]", output.Message, StringComparison.Ordinal);
        Assert.Contains("makes pictures of 2 x 2 px and the model takes 5 x 5 px", size.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_is_found_in_a_folder_and_the_preprocessor_one_folder_up()
    {
        Directory.CreateDirectory(_folder.File("onnx"));
        Means().Save(_folder.File("onnx/vision_model.onnx"));
        await File.WriteAllTextAsync(_folder.File("preprocessor_config.json"), Config, Token);
        using OnnxImageEmbedder embedder = await OnnxImageEmbedder.LoadAsync(
            "clip", new EmbedderOptions { Model = _folder.Path, Onnx = OnCpu }, Token);

        Assert.Equal(0.8f, (await embedder.EmbedAsync([Plain(30, 40, 0)], Token))[0].Value![1], 6);
        ModelException none = await Assert.ThrowsAsync<ModelException>(() => OnnxImageEmbedder.LoadAsync(
            "clip", new EmbedderOptions { Model = Directory.CreateDirectory(_folder.File("none")).FullName }, Token));
        Assert.Contains("holds 0 model files", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_wrong_are_all_named()
    {
        EmbedderOptions wrong = new() { BatchMax = 0 };

        Assert.Equal(
            [
                "Model is empty; it must name the model's file or folder",
                "BatchMax is 0; it must be 1 to 256 pictures",
            ],
            wrong.Problems().Select(problem => $"{problem.Property} {problem.Message}"));
    }

    private const string Config =
        """{"size": 2, "crop_size": 2, "image_mean": [0, 0, 0], "image_std": [1, 1, 1], "resample": 2}""";

    private static OnnxOptions OnCpu => new() { Providers = [OnnxProvider.Cpu], ThreadsMax = 1 };

    private static TinyOnnx Means(int batch = -1, int side = 2) => new TinyOnnx()
        .Input("pixel_values", [batch, 3, side, side])
        .Node("GlobalAveragePool", ["pixel_values"], ["pooled"])
        .Node("Flatten", ["pooled"], ["image_embeds"])
        .Output("image_embeds", [batch, -1]);

    private static RgbImage Plain(byte red, byte green, byte blue) =>
        new(3, 4, [.. Enumerable.Repeat<byte[]>([red, green, blue], 12).SelectMany(pixel => pixel)]);

    private Task<OnnxImageEmbedder> LoadAsync(TinyOnnx model, Func<EmbedderOptions, EmbedderOptions>? change = null)
    {
        File.WriteAllText(_folder.File("preprocessor_config.json"), Config);
        EmbedderOptions options = new() { Model = model.Save(_folder.File("model.onnx")), Onnx = OnCpu };
        return OnnxImageEmbedder.LoadAsync("tiny", change?.Invoke(options) ?? options, Token);
    }
}
