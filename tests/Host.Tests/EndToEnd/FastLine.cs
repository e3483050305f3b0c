using Engine.Tests.Runtimes;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>A configuration whose models cost nothing, so that a daemon makes hundreds of samples a second: a generator
/// of discs on white, whose place, size and colour its noise decides, and an annotator that takes what is dark.
/// </summary>
internal static class FastLine
{
    private const int Noise = 8;

    /// <summary>Writes the models and a configuration of 3 categories.</summary>
    /// <param name="folder">Where they go; the store is its folder "data".</param>
    /// <param name="listen">Where samples leave.</param>
    /// <param name="more">Further sections, YAML.</param>
    /// <param name="sidePx">Side of the pictures.</param>
    /// <param name="store">Further options of the store, YAML.</param>
    /// <returns>The configuration's path.</returns>
    public static string Config(
        TempFolder folder, IReadOnlyList<string> listen, string more, int sidePx = 32,
        string store = "shard_bytes_max: 4MiB")
    {
        string generator = Generator(sidePx).Save(folder.File("discs.onnx"));
        string annotator = Annotator(sidePx).Save(folder.File("dark.onnx"));
        string file = folder.File("config.yaml");
        File.WriteAllText(file, $$"""
            plan:
              quota: 10_000_000
              categories: [{name: apple}, {name: coin}, {name: wheel}]
            generators:
              - {kind: gan, gan: {model: {{generator}}, output_range: zero_to_one, onnx: {threads_max: 1} } }
            annotator:
              kind: salient
              salient: {model: {{annotator}}, onnx: {threads_max: 1} }
            store: {directory: {{folder.File("data")}}, free_bytes_min: 0, {{store}}}
            transport: {listen: [{{string.Join(", ", listen)}}], heartbeat_interval: 1s, idle_timeout: 3s}
            http: {listen: "http://127.0.0.1:0"}
            {{more}}
            """);
        return file;
    }

    /// <summary>Noise [B, 8] to pictures [B, 3, side, side] on 0 to 1.</summary>
    private static TinyOnnx Generator(int side)
    {
        float[] line = [.. Enumerable.Range(0, side).Select(at => (((at + 0.5f) / side) - 0.5f) * 2)];
        float[] x = [.. Enumerable.Range(0, side * side).Select(at => line[at % side])];
        float[] y = [.. Enumerable.Range(0, side * side).Select(at => line[at / side])];
        float[] radius = [.. Enumerable.Repeat(0.2f, side * side)];
        Random random = new(7);
        float[] grain = [.. Enumerable.Range(0, Noise * side * side).Select(_ => random.NextSingle() - 0.5f)];
        return new TinyOnnx().Input("z", [-1, Noise])
            .Constant("left", [Noise, side * side], Row(side, 0, -0.15f)).Constant("x", [side * side], x)
            .Constant("up", [Noise, side * side], Row(side, 1, -0.15f)).Constant("y", [side * side], y)
            .Constant("grow", [Noise, side * side], Row(side, 2, 0.03f)).Constant("radius", [side * side], radius)
            .Constant("grain", [Noise, side * side], grain).Constant("sharp", [1], 60f)
            .Constant(
                "dye", [Noise, 3], [.. Enumerable.Range(0, Noise * 3).Select(at => at / 3 == 3 + (at % 3) ? 1f : 0f)])
            .Constant("plane", [4], -1L, 1L, side, side).Constant("point", [4], -1L, 3L, 1L, 1L)
            .Constant("half", [1], 0.5f).Constant("tenth", [1], 0.05f).Constant("white", [1], 1f)
            .Node("MatMul", ["z", "left"], ["dx"]).Node("Add", ["dx", "x"], ["u"]).Node("Mul", ["u", "u"], ["uu"])
            .Node("MatMul", ["z", "up"], ["dy"]).Node("Add", ["dy", "y"], ["v"]).Node("Mul", ["v", "v"], ["vv"])
            .Node("MatMul", ["z", "grow"], ["dr"]).Node("Add", ["dr", "radius"], ["r"])
            .Node("Sub", ["r", "uu"], ["r1"]).Node("Sub", ["r1", "vv"], ["r2"]).Node("Mul", ["r2", "sharp"], ["r3"])
            .Node("Sigmoid", ["r3"], ["inside"]).Node("Reshape", ["inside", "plane"], ["disc"])
            .Node("MatMul", ["z", "dye"], ["dyed"]).Node("Sigmoid", ["dyed"], ["bright"])
            .Node("Mul", ["bright", "half"], ["colour"]).Node("Reshape", ["colour", "point"], ["paint"])
            .Node("MatMul", ["z", "grain"], ["rough"]).Node("Tanh", ["rough"], ["fine"])
            .Node("Mul", ["fine", "tenth"], ["faint"]).Node("Reshape", ["faint", "plane"], ["texture"])
            .Node("Sub", ["white", "paint"], ["depth"]).Node("Sub", ["depth", "texture"], ["dark"])
            .Node("Mul", ["disc", "dark"], ["shade"]).Node("Sub", ["white", "shade"], ["image"])
            .Output("image", [-1, 3, side, side]);
    }

    /// <summary>Pictures [1, 3, side, side] to how dark they are, [1, 1, side, side].</summary>
    private static TinyOnnx Annotator(int side) => new TinyOnnx().Input("x", [1, 3, side, side])
        .Node("ReduceMean", ["x"], ["light"], ("axes", new[] { 1L }), ("keepdims", 1L))
        .Node("Neg", ["light"], ["map"])
        .Output("map", [1, 1, side, side]);

    /// <summary>[8, side * side]: one row of noise has this weight everywhere, the others none.</summary>
    private static float[] Row(int side, int row, float weight) =>
        [.. Enumerable.Range(0, Noise * side * side).Select(at => at / (side * side) == row ? weight : 0f)];
}
