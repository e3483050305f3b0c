using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Onnx;
using Engine.Runtimes.Salient;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Salient;

/// <summary>Goal: names and size come from the model, the picture is divided by its own largest value, and the first
/// map is stretched to -1 to 1. Method: a tiny graph whose map is a channel of what it was fed.</summary>
public sealed class SalientPredictorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task First_map_is_stretched_from_minus_one_to_one()
    {
        using SalientPredictor salient = Load(Echo());
        byte[] pixels = [10, 10, 10, 20, 20, 20, 40, 40, 40, 50, 50, 50];

        MaskCandidate map = (await salient.PredictAsync(new RgbImage(2, 2, pixels), Token)).Value!.Single();

        Assert.Equal((2, 2), (map.Width, map.Height));
        Assert.Equal([-1, -0.5f, 0.5f, 1], map.Logits.Select(value => MathF.Round(value, 5)));
        Assert.True(double.IsNaN(map.PredictedIou));
    }

    [Fact]
    public async Task Picture_is_divided_by_its_largest_value_before_it_is_normalised()
    {
        // The map is 1 where the model is fed the value that white has, and the stretch needs a second value.
        TinyOnnx graph = new TinyOnnx().Input("in", [1, 3, 2, 2])
            .Constant("white", [1, 3, 1, 1], (1 - 0.485f) / 0.229f, (1 - 0.456f) / 0.224f, (1 - 0.406f) / 0.225f)
            .Constant("near", [1], 1e-4f)
            .Node("Sub", ["in", "white"], ["off"]).Node("Abs", ["off"], ["distance"])
            .Node("Less", ["distance", "near"], ["is_white"]).Node("Cast", ["is_white"], ["flags"], ("to", 1L))
            .Node("ReduceMean", ["flags"], ["map"], ("axes", new[] { 1L }), ("keepdims", 1L))
            .Output("map", [1, 1, 2, 2]);
        using SalientPredictor salient = Load(graph);
        byte[] pixels = [60, 60, 60, 0, 0, 0, 60, 60, 60, 0, 0, 0];

        MaskCandidate map = (await salient.PredictAsync(new RgbImage(2, 2, pixels), Token)).Value!.Single();

        Assert.Equal([1, -1, 1, -1], map.Logits);
    }

    [Fact]
    public async Task Map_of_one_value_shows_no_object()
    {
        using SalientPredictor salient = Load(Echo());

        MaskCandidate map = (await salient.PredictAsync(new RgbImage(1, 1, [7, 7, 7]), Token)).Value!.Single();

        Assert.All(map.Logits, value => Assert.Equal(-1, value));
    }

    [Fact]
    public async Task Map_that_is_not_finite_is_dropped_with_a_reason()
    {
        TinyOnnx graph = new TinyOnnx().Input("in", [1, 3, 2, 2]).Node("Log", ["in"], ["map_of_channels"])
            .Node("ReduceMean", ["map_of_channels"], ["map"], ("axes", new[] { 1L }), ("keepdims", 1L))
            .Output("map", [1, 1, 2, 2]);
        using SalientPredictor salient = Load(graph);

        var outcome = await salient.PredictAsync(new RgbImage(1, 2, [0, 0, 0, 9, 9, 9]), Token);

        Assert.Equal(RejectReason.NonFinite, outcome.DropReason);
    }

    [Fact]
    public void Model_that_takes_no_picture_is_refused()
    {
        TinyOnnx graph = new TinyOnnx().Input("a", [1, 3, 2, 2]).Input("b", [1, 3, 2, 2])
            .Node("Add", ["a", "b"], ["c"]).Output("c", [1, 3, 2, 2]);

        ModelException thrown = Assert.Throws<ModelException>(() => Load(graph));

        Assert.Equal(ModelFault.WrongRole, thrown.Fault);
        Assert.Contains("expected one picture input", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        SalientOptions options = new()
        {
            Mean = [1, 2], Std = [0, 0, 0], OpenSidePx = 0,
        };

        Assert.Equal(
            ["Model", "Mean", "Std", "OpenSidePx"],
            options.Problems().Select(problem => problem.Property));
    }

    private static TinyOnnx Echo() => new TinyOnnx().Input("in.7", [1, 3, 2, 2])
        .Node("ReduceMean", ["in.7"], ["1959"], ("axes", new[] { 1L }), ("keepdims", 1L))
        .Node("Neg", ["1959"], ["1960"]).Output("1959", [1, 1, 2, 2]).Output("1960", [1, 1, 2, 2]);

    private SalientPredictor Load(TinyOnnx graph) => SalientPredictor.Load("salient", new SalientOptions
    {
        Model = graph.Save(_folder.File("model.onnx")),
        Onnx = new() { ThreadsMax = 1 },
    });
}
