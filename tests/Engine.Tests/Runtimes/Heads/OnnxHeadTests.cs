using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Heads;
using Engine.Runtimes.Onnx;
using Engine.Tests.Pipeline.Filter;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Heads;

/// <summary>Goal: a head's score is the model's output of the item's own row, and a model that does not fit is refused
/// at the start. Method: a matrix as the model, so that every score has a closed form.</summary>
public sealed class OnnxHeadTests : IDisposable
{
    private static readonly OnnxOptions OnCpu = new() { Providers = [OnnxProvider.Cpu] };

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Score_is_the_models_output_of_the_own_embedding_in_any_batch(int count)
    {
        using OnnxHead head = await LoadAsync(Linear(width: 4, columns: 1));
        float[] points = UnitRows.Of(count, 4, seed: 1);

        IReadOnlyList<double> scores = await head.ScoreAsync(
            [.. Enumerable.Range(0, count).Select(at => FilterItem.Of("c", points[(at * 4)..][..4]))], Token);

        Assert.Equal(count, scores.Count);
        for (int at = 0; at < count; at++)
        {
            Assert.Equal(Enumerable.Range(0, 4).Sum(d => (d + 1.0) * points[(at * 4) + d]), scores[at], 1e-5);
        }
    }

    [Theory]
    [InlineData(HeadActivation.None, 1, 0.8)]
    [InlineData(HeadActivation.Sigmoid, 1, 0.689974481)] // 1 / (1 + e^-0.8)
    [InlineData(HeadActivation.Softmax, 1, 0.549833997)] // e^0.8 / (e^0.6 + e^0.8)
    [InlineData(HeadActivation.Softmax, 0, 0.450166003)]
    public async Task Activation_and_index_choose_one_of_several_outputs(
        HeadActivation activation, int index, double expected)
    {
        TinyOnnx same = new TinyOnnx().Input("x", [-1, 2]).Node("Identity", ["x"], ["y"]).Output("y", [-1, 2]);
        using OnnxHead head = await LoadAsync(
            same, options => options with { Activation = activation, OutputIndex = index }, width: 2);

        double score = (await head.ScoreAsync([FilterItem.Of("c", [0.6f, 0.8f])], Token))[0];

        Assert.Equal(expected, score, 1e-6);
    }

    [Fact]
    public async Task A_head_on_pictures_sees_the_whole_picture_prepared_as_its_file_says()
    {
        File.WriteAllText(_folder.File("preprocessor_config.json"), """
            {"do_resize": false, "do_center_crop": true, "crop_size": 1, "do_normalize": true,
             "image_mean": [0, 0, 0], "image_std": [1, 1, 1]}
            """);
        TinyOnnx red = new TinyOnnx()
            .Input("pixel_values", [-1, 3, 1, 1]).Node("Flatten", ["pixel_values"], ["y"]).Output("y", [-1, 3]);
        using OnnxHead head = await LoadAsync(red, options => options with { OutputIndex = 1 });
        Embedded item = FilterItem.Of("c", []);
        item = item with
        {
            Annotated = item.Annotated with
            {
                Picture = new Picture(
                    item.Annotated.Picture.Prompt, new RgbImage(1, 1, [10, 51, 255]), "fake",
                    item.Annotated.Picture.Lineage),
            },
        };

        Assert.Equal(0.2, (await head.ScoreAsync([item], Token))[0], 1e-6); // 51 / 255
    }

    [Fact]
    public async Task A_fixed_batch_is_filled_up_and_half_precision_and_a_flat_output_are_read()
    {
        TinyOnnx first = new TinyOnnx()
            .Input("x", [3, 2], TinyOnnx.Float16)
            .Node("ReduceSum", ["x", "axis"], ["y"], ("keepdims", 0L))
            .Constant("axis", [1], 1L)
            .Output("y", [3], TinyOnnx.Float16);
        using OnnxHead head = await LoadAsync(first, width: 2);

        IReadOnlyList<double> scores = await head.ScoreAsync(
            [.. Enumerable.Range(0, 4).Select(at => FilterItem.Of("c", [at, 0.5f]))], Token);

        Assert.Equal([0.5, 1.5, 2.5, 3.5], scores);
    }

    [Theory]
    [InlineData(0.2, null, 0.2, null)]
    [InlineData(0.2, null, 0.1999, RejectReason.ScoreLow)]
    [InlineData(null, 0.7, 0.7001, RejectReason.ScoreHigh)]
    [InlineData(0.2, 0.7, 0.5, null)]
    [InlineData(null, null, double.NaN, RejectReason.ScoreLow)]
    [InlineData(0.2, 0.7, double.NaN, RejectReason.ScoreLow)]
    public async Task A_score_within_the_bounds_passes_and_no_number_never_does(
        double? min, double? max, double score, string? reason)
    {
        FilterOptions options = new() { Name = "look", Head = new() { Model = "m", Min = min, Max = max } };

        Outcome<Embedded> judged = await new HeadFilter(options, new Stated(score)).JudgeAsync(
            FilterItem.Of("c", []), Token);

        Assert.Equal(reason, judged.DropReason);
        Assert.True(reason is not null || judged.Value!.Scores["look"] == score);
        Assert.Empty(options.Problems());
    }

    [Theory]
    [InlineData(5, 0, "", "takes embeddings of 4 numbers; the embedder's have 5")]
    [InlineData(4, 1, "", "output 1 of each is wanted")]
    [InlineData(4, 0, "z", "z")]
    public async Task A_model_that_does_not_fit_is_refused_at_the_start(
        int width, int index, string output, string said)
    {
        ModelException refused = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(
            Linear(4, 1), options => options with { OutputIndex = index, OutputName = output }, width));

        Assert.Equal(ModelFault.WrongRole, refused.Fault);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_that_cross_and_a_missing_model_are_named() => Assert.Equal(
        ["Model", "OutputIndex", "Min"],
        new HeadOptions { OutputIndex = -1, Min = 2, Max = 1 }.Problems().Select(problem => problem.Property));

    // Column c of the matrix is (1, 2, 3, ...) * (c + 1).
    private static TinyOnnx Linear(int width, int columns) => new TinyOnnx()
        .Input("embedding", [-1, width])
        .Constant("weights", [width, columns], [.. Enumerable.Range(0, width * columns).Select(
            at => ((at / columns) + 1f) * ((at % columns) + 1))])
        .Node("MatMul", ["embedding", "weights"], ["score"])
        .Output("score", [-1, columns]);

    private Task<OnnxHead> LoadAsync(
        TinyOnnx model, Func<HeadOptions, HeadOptions>? change = null, int width = 4)
    {
        HeadOptions options = new() { Model = model.Save(_folder.File("head.onnx")) };
        return OnnxHead.LoadAsync("head", change?.Invoke(options) ?? options, width, OnCpu, Token);
    }

    private sealed class Stated(double score) : IObjectHead
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(
            IReadOnlyList<Embedded> items, CancellationToken stopping) =>
            ValueTask.FromResult<IReadOnlyList<double>>([.. items.Select(_ => score)]);

        public void Dispose()
        {
        }
    }
}
