using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Goal: the UNet is fed what the layouts say. Method: graphs whose output is one of their inputs.</summary>
public sealed class UnetBatchTests : IDisposable
{
    private const int Side = 2;

    private readonly TinyDiffusion _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(TinyOnnx.Int64, new long[0], 601)]    // optimum: a scalar; whole types take the nearest
    [InlineData(TinyOnnx.Int64, new long[] { 1 }, 601)]
    [InlineData(TinyOnnx.Int64, new long[] { -1 }, 601)] // older exports: one a row
    [InlineData(TinyOnnx.Int32, new long[] { -1 }, 601)]
    [InlineData(TinyOnnx.Float32, new long[0], 600.75)]
    [InlineData(TinyOnnx.Float32, new long[] { -1 }, 600.75)]
    [InlineData(TinyOnnx.Float16, new long[] { 1 }, 601)] // f16 has steps of 0.5 here
    public async Task Timestep_comes_in_the_type_and_shape_the_graph_declares(int type, long[] shape, double expected)
    {
        using Unet unet = Load(Flat(DiffusionGraphs.UnetInputs(TinyOnnx.Float32, type, shape), "t"));
        using UnetBatch batch = unet.Open(Rows(guidance: 1, null, Text(1), Text(2)));

        await AssertRunAsync(batch, 600.75, expected, expected);
    }

    [Theory]
    [InlineData(TinyOnnx.Float32)]
    [InlineData(TinyOnnx.Float16)]
    public async Task Negative_rows_come_first_and_guidance_goes_from_them_to_the_prompts(int type)
    {
        using Unet unet = Load(Flat(DiffusionGraphs.UnetInputs(type, TinyOnnx.Int64, []), "h", type));
        using UnetBatch guided = unet.Open(Rows(guidance: 3, Text(1), Text(2), Text(4)));
        using UnetBatch plain = unet.Open(Rows(guidance: 3, null, Text(2), Text(4)));

        await AssertRunAsync(guided, 1, 4, 10); // 1 + 3 (2 - 1), 1 + 3 (4 - 1)
        await AssertRunAsync(plain, 1, 2, 4);
    }

    [Fact]
    public async Task First_half_of_the_batch_is_the_negative_prompts()
    {
        // Row r's number is 10^r times its text's.
        TinyOnnx graph = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [], rows: 4)
            .Constant("place", [4, 1, 1, 1], 1f, 10f, 100f, 1000f).Node("Mul", ["h", "place"], ["p"]);
        using Unet unet = Load(Flat(graph, "p"));
        using UnetBatch batch = unet.Open(Rows(guidance: 1, Text(5), Text(2), Text(3)));

        await AssertRunAsync(batch, 1, 200, 3000); // Guidance 1: the prompt's own row.
    }

    [Fact]
    public async Task Picture_size_is_told_as_height_width_corner_height_width()
    {
        TinyOnnx graph = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [])
            .Input("text_embeds", [-1, 2]).Input("time_ids", [-1, 6])
            .Constant("powers", [6, 1], 1f, 1e-2f, 1f, 1f, 1e2f, 1e4f)
            .Node("MatMul", ["time_ids", "powers"], ["one"]).Node("Reshape", ["one", "spread"], ["sizes"])
            .Node("ReduceSum", ["text_embeds"], ["vector"]).Node("Mul", ["vector", "sizes"], ["z"]);
        using Unet unet = Load(Flat(graph, "z"));
        TextEncoding text = Text(0) with { Pooled = [0.25f, 0.75f] };
        using UnetBatch batch = unet.Open(Rows(1, null, text) with { PixelsPerLatent = 8, Height = 2, Width = 3 });

        await AssertRunAsync(batch, 1, 16 + 0.24 + 1600 + 240_000);
    }

    [Fact]
    public async Task Guidance_embedding_is_fed_to_every_row()
    {
        TinyOnnx graph = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [])
            .Input("timestep_cond", [-1, 4])
            .Constant("powers", [4, 1], 1f, 10f, 100f, 1000f)
            .Node("MatMul", ["timestep_cond", "powers"], ["one"]).Node("Reshape", ["one", "spread"], ["w"]);
        using Unet unet = Load(Flat(graph, "w"), """{"time_cond_proj_dim": 4, "in_channels": 4}""");
        using UnetBatch batch = unet.Open(Rows(guidance: 8.5, null, Text(0), Text(0)));

        double expected = Math.Sin(7500) + (10 * Math.Sin(0.75)) + (100 * Math.Cos(7500)) + (1000 * Math.Cos(0.75));
        await AssertRunAsync(batch, 1, expected, expected);
    }

    [Fact]
    public void Guidance_embedding_is_sines_then_cosines_of_falling_frequencies()
    {
        float[] embedding = GuidanceEmbedding.Make(guidance: 8.5, width: 256);

        Assert.Equal(256, embedding.Length);
        Assert.Equal(Math.Sin(7500), embedding[0], 1e-6);
        Assert.Equal(Math.Sin(7500 * Math.Pow(10_000, -64.0 / 127)), embedding[64], 1e-6);
        Assert.Equal(Math.Sin(0.75), embedding[127], 1e-6);
        Assert.Equal(Math.Cos(7500), embedding[128], 1e-6);
        Assert.Equal(Math.Cos(0.75), embedding[255], 1e-6);
        Assert.Equal(0, GuidanceEmbedding.Make(2, 5)[4]);
    }

    /// <summary>Spreads a number a row over the output.</summary>
    private static TinyOnnx Flat(TinyOnnx graph, string value, int type = TinyOnnx.Float32) => graph
        .Constant("nothing", [1], 0f).Node("Mul", ["s", "nothing"], ["zero"]).Node("Add", ["zero", value], ["o"])
        .Output(type);

    private static TextEncoding Text(float value)
    {
        float[] hidden = new float[DiffusionGraphs.Tokens * DiffusionGraphs.Width];
        Array.Fill(hidden, value);
        return new TextEncoding(hidden, DiffusionGraphs.Tokens, DiffusionGraphs.Width, [], Cut: 0);
    }

    private static UnetRows Rows(double guidance, TextEncoding? negative, params TextEncoding[] texts) =>
        new(texts, negative, Side, Side, PixelsPerLatent: 1, guidance);

    /// <summary>Runs twice, because the bound memory is used again; each picture's values must be its number.
    /// </summary>
    private static async Task AssertRunAsync(UnetBatch batch, double timestep, params double[] expected)
    {
        float[] values = new float[batch.PictureLength];
        Enumerable.Range(0, expected.Length).ToList().ForEach(i => batch.Write(i, values));
        await batch.RunAsync(timestep, Token);
        await batch.RunAsync(timestep, Token);
        for (int i = 0; i < expected.Length; i++)
        {
            batch.Read(i, values);
            Assert.All(values, value => Assert.Equal(expected[i], value, 1e-4 + (1e-6 * Math.Abs(expected[i]))));
        }
    }

    private Unet Load(TinyOnnx graph, string config = "{}")
    {
        _model.Model("unet", graph).Json("unet/config.json", config);
        return Unet.Load(DiffusionFolder.Open(_model.Path), new OnnxOptions { ThreadsMax = 1 });
    }
}
