using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Onnx;
using Engine.Runtimes.Sam;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Sam;

/// <summary>Goal: a pair of models that does not belong together is refused at load with what is missing.</summary>
public sealed class SamRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Decoder_of_no_layout_is_refused_with_what_each_layout_needs()
    {
        ModelException thrown = Refused(
            SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.Encoder("x", "image_embeddings"), SamLayout.Auto);

        Assert.Contains("point_coords and orig_im_size", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("input_points (optimum)", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("x Float [1, 3, 64, 64]", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("sam_decoder", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoder_of_another_layout_than_configured_is_refused_with_what_is_missing()
    {
        ModelException thrown = Refused(
            SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.OwnRecorder(), SamLayout.Sam2);

        Assert.Contains("input high_res_feats_0 missing", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoder_without_an_embedding_the_decoder_takes_is_refused()
    {
        ModelException thrown = Refused(
            SamGraphs.Encoder("x", "image_embed", "high_res_feats_0"), SamGraphs.Sam2Recorder(), SamLayout.Auto);

        Assert.Contains("output high_res_feats_1 missing", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("sam_encoder", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoder_of_another_embedding_shape_is_refused_with_both_shapes()
    {
        TinyOnnx encoder = new TinyOnnx().Input("x", [1, 3, 64, 64])
            .Node("AveragePool", ["x"], ["e"], ("kernel_shape", new[] { 8L, 8L }), ("strides", new[] { 8L, 8L }))
            .Output("e", [1, 3, 8, 8]);

        ModelException thrown = Refused(encoder, SamGraphs.OwnRecorder(), SamLayout.Auto);

        Assert.Contains("e Float [1, 3, 8, 8]", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("image_embeddings Float [1, 3, 4, 4]", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoder_that_takes_no_picture_is_refused()
    {
        TinyOnnx encoder = new TinyOnnx().Input("tokens", [1, 77], TinyOnnx.Int64)
            .Node("Identity", ["tokens"], ["e"]).Output("e", [1, 77], TinyOnnx.Int64);

        ModelException thrown = Refused(encoder, SamGraphs.OwnRecorder(), SamLayout.Auto);

        Assert.Contains("one picture input Float [1, 3, height, width]", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logits_that_are_not_finite_are_dropped_with_a_reason()
    {
        // The logarithm of a black picture's normalised, so negative, values is NaN.
        TinyOnnx decoder = new TinyOnnx().Input("image_embeddings", [-1, 3, 4, 4])
            .Input("image_positional_embeddings", [-1, 3, 4, 4]).Input("input_points", [-1, 1, -1, 2])
            .Input("input_labels", [-1, 1, -1], TinyOnnx.Int64)
            .Node("Log", ["image_embeddings"], ["pred_masks"])
            .Constant("scores", [1, 1, 3], 0.5f, 0.9f, 0.7f).Node("Identity", ["scores"], ["iou_scores"])
            .Output("pred_masks", [-1, 3, -1, -1]).Output("iou_scores", [1, 1, 3]);
        using SamPredictor sam = SamPredictor.Load("sam", Options(
            SamGraphs.Encoder("x", "image_embeddings", "image_positional_embeddings"), decoder, SamLayout.Auto));

        Outcome<IReadOnlyList<MaskCandidate>> outcome = await sam.PredictAsync(SamLayoutTests.Split(8, 8), Token);

        Assert.Equal(RejectReason.NonFinite, outcome.DropReason);
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        SamOptions options = new()
        {
            Layout = (SamLayout)9,
            PointMarginPx = -1,
            OpenSidePx = 1,
        };

        Assert.Equal(
            ["Encoder", "Decoder", "Layout", "PointMarginPx", "OpenSidePx"],
            options.Problems().Select(problem => problem.Property));
        Assert.Throws<ArgumentException>(() => SamPredictor.Load("sam", options));
    }

    private ModelException Refused(TinyOnnx encoder, TinyOnnx decoder, SamLayout layout)
    {
        ModelException thrown = Assert.Throws<ModelException>(
            () => SamPredictor.Load("sam", Options(encoder, decoder, layout)));
        Assert.Equal(ModelFault.WrongRole, thrown.Fault);
        return thrown;
    }

    private SamOptions Options(TinyOnnx encoder, TinyOnnx decoder, SamLayout layout) => new()
    {
        Encoder = encoder.Save(_folder.File("encoder.onnx")),
        Decoder = decoder.Save(_folder.File("decoder.onnx")),
        Layout = layout,
        Onnx = new() { ThreadsMax = 1 },
    };
}
