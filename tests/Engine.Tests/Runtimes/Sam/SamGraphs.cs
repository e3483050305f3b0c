namespace Engine.Tests.Runtimes.Sam;

/// <summary>
/// Tiny SAM exports, one a layout, of a 64 px frame and an embedding [1, 3, 4, 4]: the picture averaged over 16 px.
/// A recording decoder gives one mask a value it was fed and that value as the mask's predicted IoU, so that a wrong
/// order, scale or count of its inputs shows.
/// </summary>
internal static class SamGraphs
{
    public const int FramePx = 64;

    private static readonly long[] Cell = [16, 16];

    /// <summary>An encoder whose one output is the averaged picture.</summary>
    public static TinyOnnx Encoder(string input, string output, params string[] moreOutputs)
    {
        TinyOnnx graph = new TinyOnnx().Input(input, [1, 3, FramePx, FramePx])
            .Node("AveragePool", [input], [output], ("kernel_shape", Cell), ("strides", Cell))
            .Output(output, [1, 3, 4, 4]);
        foreach (string more in moreOutputs)
        {
            graph.Node("Identity", [output], [more]).Output(more, [1, 3, 4, 4]);
        }

        return graph;
    }

    /// <summary>SAM's own decoder: records points, labels, flag, size and the earlier mask's sum.</summary>
    public static TinyOnnx OwnRecorder() => Record(OwnInputs(), "masks", "iou_predictions", [
        "point_coords", "point_labels", "has_mask_input", "orig_im_size", "mask_input"]);

    /// <summary>SAM's own decoder with four masks of the size asked for, filled with 1, 2, 3 and 4.</summary>
    public static TinyOnnx OwnSized() => OwnInputs()
        .Constant("levels", [1, 4, 1, 1], 1f, 2f, 3f, 4f)
        .Constant("front", [2], 1L, 4L)
        .Node("Cast", ["orig_im_size"], ["size"], ("to", 7L))
        .Node("Concat", ["front", "size"], ["shape"], ("axis", 0L))
        .Node("Expand", ["levels", "shape"], ["masks"])
        .Constant("iou_predictions_constant", [1, 4], 0.1f, 0.2f, 0.3f, 0.4f)
        .Node("Identity", ["iou_predictions_constant"], ["iou_predictions"])
        .Output("masks", [1, 4, -1, -1]).Output("iou_predictions", [1, 4]);

    public static TinyOnnx Sam2Recorder() => Record(
        new TinyOnnx().Input("image_embed", [1, 3, 4, 4]).Input("high_res_feats_0", [1, 3, 4, 4])
            .Input("high_res_feats_1", [1, 3, 4, 4]).Input("point_coords", [-1, -1, 2]).Input("point_labels", [-1, -1])
            .Input("mask_input", [-1, 1, 16, 16]).Input("has_mask_input", [1]),
        "masks",
        "iou_predictions",
        ["point_coords", "point_labels", "has_mask_input", "mask_input", "high_res_feats_1"]);

    /// <summary>Optimum's decoder: SAM when it takes positions, SAM 2 when it takes boxes.</summary>
    public static TinyOnnx OptimumRecorder(bool positions)
    {
        TinyOnnx graph = new TinyOnnx().Input("input_points", [-1, 1, -1, 2])
            .Input("input_labels", [-1, 1, -1], TinyOnnx.Int64)
            .Node("Cast", ["input_labels"], ["labels"], ("to", 1L));
        graph = positions
            ? graph.Input("image_embeddings", [-1, 3, 4, 4]).Input("image_positional_embeddings", [-1, 3, 4, 4])
            : graph.Input("image_embeddings.0", [-1, 3, 4, 4]).Input("input_boxes", [-1, -1, 4]);
        string last = positions ? "image_embeddings" : "input_boxes";
        return Record(graph, "pred_masks", "iou_scores", ["input_points", "labels", last]);
    }

    /// <summary>Optimum's decoder whose three masks are the embedding's channels: the picture over the frame.</summary>
    public static TinyOnnx OptimumEcho() => new TinyOnnx()
        .Input("image_embeddings", [-1, 3, 4, 4]).Input("image_positional_embeddings", [-1, 3, 4, 4])
        .Input("input_points", [-1, 1, -1, 2]).Input("input_labels", [-1, 1, -1], TinyOnnx.Int64)
        .Constant("shape", [5], 1L, 1L, 3L, 4L, 4L)
        .Node("Reshape", ["image_embeddings", "shape"], ["pred_masks"])
        .Constant("scores", [1, 1, 3], 0.5f, 0.9f, 0.7f).Node("Identity", ["scores"], ["iou_scores"])
        .Output("pred_masks", [-1, 1, 3, -1, -1]).Output("iou_scores", [-1, 1, 3]);

    private static TinyOnnx OwnInputs() => new TinyOnnx().Input("image_embeddings", [1, 3, 4, 4])
        .Input("point_coords", [1, -1, 2]).Input("point_labels", [1, -1]).Input("mask_input", [1, 1, 16, 16])
        .Input("has_mask_input", [1]).Input("orig_im_size", [2]);

    // Inputs of 16 values and more are recorded as their sum.
    private static TinyOnnx Record(TinyOnnx graph, string masks, string scores, string[] inputs)
    {
        string[] small = ["point_coords", "point_labels", "has_mask_input", "orig_im_size", "input_points", "labels"];
        graph.Constant("flat", [1], -1L).Constant("corner", [2], 2L, 2L).Constant("first", [1], 1L)
            .Constant("one", [1, 1, 1, 1], 1f);
        foreach (string name in inputs)
        {
            string source = small.Contains(name) ? name : $"{name}_sum";
            if (source != name)
            {
                graph.Node("ReduceSum", [name], [source], ("keepdims", 0L));
            }

            graph.Node("Reshape", [source, "flat"], [$"{name}_flat"]);
        }

        return graph.Node("Concat", [.. inputs.Select(name => $"{name}_flat")], ["record"], ("axis", 0L))
            .Node("Shape", ["record"], ["count"])
            .Node("Concat", ["first", "count", "corner"], ["mask_shape"], ("axis", 0L))
            .Node("Expand", ["one", "mask_shape"], [masks])
            .Node("Identity", ["record"], [scores])
            .Output(masks, [-1, -1, -1, -1]).Output(scores, [-1]);
    }
}
