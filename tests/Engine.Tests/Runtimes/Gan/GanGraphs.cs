namespace Engine.Tests.Runtimes.Gan;

/// <summary>Small models whose pictures of 2 x 2 px show the noise or the label they were fed.</summary>
internal static class GanGraphs
{
    public const int NoiseLength = 12;

    /// <summary>The noise itself is the picture.</summary>
    public static TinyOnnx Noise(long batch = -1, long length = NoiseLength) => new TinyOnnx()
        .Input("z", [batch, length])
        .Constant("shape", [4], -1L, 3L, 2L, 2L)
        .Node("Reshape", ["z", "shape"], ["image"])
        .Output("image", [batch, 3, 2, 2]);

    /// <summary>The noise is [B, Z, 1, 1], f16, and the picture f16.</summary>
    public static TinyOnnx HalfNoise() => new TinyOnnx()
        .Input("z", [-1, NoiseLength, 1, 1], TinyOnnx.Float16)
        .Constant("shape", [4], -1L, 3L, 2L, 2L)
        .Node("Reshape", ["z", "shape"], ["image"])
        .Output("image", [-1, 3, 2, 2], TinyOnnx.Float16);

    /// <summary>Every value is a tenth of the label's number.</summary>
    public static TinyOnnx Number(int type, params long[] label) => Labelled(
        new TinyOnnx().Input("which", label, type).Node("Cast", ["which"], ["number"], ("to", (long)TinyOnnx.Float32)));

    /// <summary>Every value is a tenth of the hot place of four.</summary>
    public static TinyOnnx OneHot(string name = "class_vector") => Labelled(new TinyOnnx()
        .Input(name, [-1, 4])
        .Constant("places", [4, 1], 0f, 1f, 2f, 3f)
        .Node("MatMul", [name, "places"], ["number"]));

    /// <summary>Class 1 is grey, class 0 is not finite.</summary>
    public static TinyOnnx Logarithm() => Add(
        new TinyOnnx().Input("which", [-1], TinyOnnx.Int64)
            .Node("Cast", ["which"], ["number"], ("to", (long)TinyOnnx.Float32))
            .Node("Log", ["number"], ["value"]));

    /// <summary>As Noise; allocates (B / 2)^55 + 1 numbers: a few for three pictures, 2^55 for four.</summary>
    public static TinyOnnx Hungry() => new TinyOnnx()
        .Input("z", [-1, NoiseLength])
        .Constant("first", [1], 0L).Constant("one", [1], 1L).Constant("two", [1], 2L).Constant("power", [1], 55L)
        .Constant("shape", [4], -1L, 3L, 2L, 2L)
        .Node("Shape", ["z"], ["lengths"]).Node("Gather", ["lengths", "first"], ["batch"])
        .Node("Div", ["batch", "two"], ["half"]).Node("Pow", ["half", "power"], ["most"])
        .Node("Add", ["most", "one"], ["size"]).Node("ConstantOfShape", ["size"], ["zeros"])
        .Node("ReduceMax", ["zeros"], ["zero"], ("keepdims", 0L))
        .Node("Reshape", ["z", "shape"], ["plain"]).Node("Add", ["plain", "zero"], ["image"])
        .Output("image", [-1, 3, 2, 2]);

    private static TinyOnnx Labelled(TinyOnnx number) => Add(
        number.Constant("ten", [1], 10f).Node("Div", ["number", "ten"], ["value"]));

    /// <summary>Fills pictures with <c>value</c>; the noise comes to nothing.</summary>
    private static TinyOnnx Add(TinyOnnx graph) => graph
        .Input("z", [-1, NoiseLength])
        .Constant("shape", [4], -1L, 3L, 2L, 2L).Constant("single", [4], -1L, 1L, 1L, 1L).Constant("none", [1], 0f)
        .Node("Reshape", ["z", "shape"], ["noise"]).Node("Mul", ["noise", "none"], ["empty"])
        .Node("Reshape", ["value", "single"], ["label"]).Node("Add", ["empty", "label"], ["image"])
        .Output("image", [-1, 3, 2, 2]);
}
