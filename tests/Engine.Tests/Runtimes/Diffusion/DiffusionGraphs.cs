namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Tiny parts of a diffusion model that compute in f32 whatever type they take and give.</summary>
internal static class DiffusionGraphs
{
    public const int Tokens = 8;
    public const int Width = 4;
    public const int Channels = 4;

    private const long Float = TinyOnnx.Float32;

    /// <summary>Hidden state of token i: its id times (0.001, 0.002, 0.003, 0.004).</summary>
    public static TinyOnnx TextEncoder(int type = TinyOnnx.Float32, int ids = TinyOnnx.Int64) =>
        Hidden(new TinyOnnx(), ids, "last_hidden_state", 1, type);

    /// <summary>An encoder with its hidden states: that of number k is (k + 1) times as large; and with a pooled
    /// vector, the first two ids.</summary>
    public static TinyOnnx TextEncoderWithStates(int states, bool pooled)
    {
        TinyOnnx graph = Hidden(new TinyOnnx(), TinyOnnx.Int64, "hidden_states.0", 1, TinyOnnx.Float32);
        for (int k = 1; k < states; k++)
        {
            graph.Constant($"k{k}", [1], (float)(k + 1))
                .Node("Mul", ["hidden_states.0", $"k{k}"], [$"hidden_states.{k}"])
                .Output($"hidden_states.{k}", [-1, Tokens, Width]);
        }

        return pooled
            ? graph.Constant("two", [2], 0L, 1L).Node("Gather", ["input_ids", "two"], ["pair"], ("axis", 1L))
                .Node("Cast", ["pair"], ["text_embeds"], ("to", Float)).Output("text_embeds", [-1, 2])
            : graph;
    }

    /// <summary>out = sin(conv(sample) + mean(hidden)) + timestep / 2000; mean(hidden) is a number a row.</summary>
    public static TinyOnnx Unet(
        int type = TinyOnnx.Float32, int timestep = TinyOnnx.Int64, long[]? timestepShape = null, long rows = -1) =>
        UnetInputs(type, timestep, timestepShape ?? [], rows)
            .Constant("kernel", [Channels, Channels, 3, 3], Kernel())
            .Node("Conv", ["s", "kernel"], ["c"], ("pads", new[] { 1L, 1L, 1L, 1L }))
            .Node("Add", ["c", "h"], ["a"]).Node("Sin", ["a"], ["b"])
            .Constant("small", [1], 0.0005f).Node("Mul", ["t", "small"], ["d"])
            .Node("Add", ["b", "d"], ["o"]).Output(type);

    /// <summary>The inputs of a UNet as f32: s the sample, t the timestep [., 1, 1, 1], h the mean of a row's hidden
    /// state [B, 1, 1, 1].</summary>
    public static TinyOnnx UnetInputs(int type, int timestep, long[] timestepShape, long rows = -1) =>
        new TinyOnnx().Input("sample", [rows, Channels, -1, -1], type).Input("timestep", timestepShape, timestep)
            .Input("encoder_hidden_states", [rows, Tokens, -1], type)
            .Constant("spread", [4], -1L, 1L, 1L, 1L)
            .Node("Cast", ["sample"], ["s"], ("to", Float)).Node("Cast", ["timestep"], ["tf"], ("to", Float))
            .Node("Reshape", ["tf", "spread"], ["t"]).Node("Cast", ["encoder_hidden_states"], ["e"], ("to", Float))
            .Node("ReduceMean", ["e"], ["m"], ("axes", new[] { 1L, 2L })).Node("Reshape", ["m", "spread"], ["h"]);

    /// <summary>Gives "o" out as out_sample.</summary>
    public static TinyOnnx Output(this TinyOnnx unet, int type = TinyOnnx.Float32) => unet
        .Node("Cast", ["o"], ["out_sample"], ("to", (long)type)).Output("out_sample", [-1, Channels, -1, -1], type);

    /// <summary>A picture of the latent's size: tanh of its first three channels.</summary>
    public static TinyOnnx Decoder(int type = TinyOnnx.Float32, long rows = -1) => new TinyOnnx()
        .Input("latent_sample", [rows, Channels, -1, -1], type)
        .Node("Cast", ["latent_sample"], ["l"], ("to", Float))
        .Constant("rgb", [3], 0L, 1L, 2L).Node("Gather", ["l", "rgb"], ["g"], ("axis", 1L))
        .Constant("soft", [1], 0.05f).Node("Mul", ["g", "soft"], ["q"])
        .Node("Tanh", ["q"], ["p"]).Node("Cast", ["p"], ["sample"], ("to", (long)type))
        .Output("sample", [-1, 3, -1, -1], type);

    /// <summary>Adds a number "zero" whose making takes 2^55 values for four rows and more, none for fewer.</summary>
    public static TinyOnnx Hungry(this TinyOnnx graph, string input) => graph
        .Constant("first", [1], 0L).Constant("unit", [1], 1L).Constant("half", [1], 2L).Constant("power", [1], 55L)
        .Node("Shape", [input], ["shape"]).Node("Gather", ["shape", "first"], ["rows"])
        .Node("Div", ["rows", "half"], ["halves"]).Node("Min", ["halves", "half"], ["few"])
        .Node("Pow", ["few", "power"], ["most"])
        .Node("Add", ["most", "unit"], ["size"]).Node("ConstantOfShape", ["size"], ["zeros"])
        .Node("ReduceMax", ["zeros"], ["zero"], ("keepdims", 0L));

    private static TinyOnnx Hidden(TinyOnnx graph, int ids, string output, float factor, int type) => graph
        .Input("input_ids", [-1, Tokens], ids)
        .Constant("width", [1, 1, Width], 0.001f * factor, 0.002f * factor, 0.003f * factor, 0.004f * factor)
        .Constant("last", [1], 2L)
        .Node("Cast", ["input_ids"], ["f"], ("to", Float)).Node("Unsqueeze", ["f", "last"], ["u"])
        .Node("Mul", ["u", "width"], ["w"]).Node("Cast", ["w"], [output], ("to", (long)type))
        .Output(output, [-1, Tokens, Width], type);

    private static float[] Kernel() =>
        [.. Enumerable.Range(0, Channels * Channels * 9).Select(i => 0.15f * MathF.Sin(1.3f * i))];
}
