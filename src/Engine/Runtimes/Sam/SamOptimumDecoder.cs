using Engine.Runtimes.Onnx;
using Kernels.Masks;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Sam;

/// <summary>
/// The export of optimum and transformers.js. SAM: embeddings with their positions, a padded picture, masks over the
/// frame with its padding. SAM 2: three embeddings, a stretched picture. The padding point is added in the graph.
/// </summary>
internal sealed class SamOptimumDecoder : SamDecoder
{
    private readonly bool _takesBoxes;

    public SamOptimumDecoder(OnnxModel model)
        : base(model, "pred_masks", "iou_scores")
    {
        model.Require(["input_points", "input_labels"], Outputs);
        _takesBoxes = model.Inputs.ContainsKey("input_boxes");
        PromptInputs = _takesBoxes ? ["input_points", "input_labels", "input_boxes"] : ["input_points", "input_labels"];
        Stretches = !model.Inputs.ContainsKey("image_positional_embeddings");
    }

    public override IReadOnlyCollection<string> PromptInputs { get; }

    public override bool Stretches { get; }

    public override IReadOnlyDictionary<string, OrtValue> Prompt(SamFrame frame, float[] points)
    {
        Dictionary<string, OrtValue> prompt = new()
        {
            ["input_points"] = Tensor("input_points", points, 1, 1, 4, 2),
            ["input_labels"] = Tensor("input_labels", [1, 1, 1, 1], 1, 1, 4),
        };
        if (_takesBoxes)
        {
            prompt["input_boxes"] = Tensor("input_boxes", [], 1, 0, 4);
        }

        return prompt;
    }

    // As SAM's own post-processing: enlarge to the frame, then cut the padding off. Cutting the small mask would move
    // the picture's edge by up to half of its pixels, 2 px of the frame.
    public override (float[] Logits, int Width, int Height) Cover(
        ReadOnlySpan<float> mask, int width, int height, SamFrame frame)
    {
        if (frame.ContentWidth == frame.Width && frame.ContentHeight == frame.Height)
        {
            return (mask.ToArray(), width, height);
        }

        float[] whole = new float[frame.Width * frame.Height];
        BilinearUpsample.Run(mask, width, height, whole, frame.Width, frame.Height);
        float[] content = new float[frame.ContentWidth * frame.ContentHeight];
        for (int y = 0; y < frame.ContentHeight; y++)
        {
            whole.AsSpan(y * frame.Width, frame.ContentWidth).CopyTo(content.AsSpan(y * frame.ContentWidth));
        }

        return (content, frame.ContentWidth, frame.ContentHeight);
    }
}
