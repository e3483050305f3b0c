using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Sam;

/// <summary>
/// The decoder as SAM's own script exports it (MobileSAM's too): one embedding, the points followed by a padding point
/// because there is no box, and masks that the graph itself crops and brings to the picture's size.
/// </summary>
internal sealed class SamOwnDecoder : SamDecoder
{
    private static readonly string[] Needed =
        ["point_coords", "point_labels", "mask_input", "has_mask_input", "orig_im_size"];

    private readonly (int Height, int Width) _earlierMask;

    public SamOwnDecoder(OnnxModel model)
        : base(model, "masks", "iou_predictions")
    {
        model.Require([.. Needed, "image_embeddings"], Outputs);
        _earlierMask = SamPrompts.EarlierMask(model);
    }

    public override IReadOnlyCollection<string> PromptInputs => Needed;

    public override bool Stretches => false;

    // A full export gives four masks, of which the first is meant for unambiguous prompts; SAM's predictor leaves it
    // out, so index 2 here is index 2 there. An export with --return-single-mask gives that one only.
    public override int Skip(int masks) => masks == 4 ? 1 : 0;

    public override IReadOnlyDictionary<string, OrtValue> Prompt(SamFrame frame, float[] points)
    {
        (int height, int width) = _earlierMask;
        (int outHeight, int outWidth) = SamPrompts.BoundedSize(frame);
        return new Dictionary<string, OrtValue>
        {
            ["point_coords"] = Tensor("point_coords", [.. points, 0, 0], 1, 5, 2),
            ["point_labels"] = Tensor("point_labels", [1, 1, 1, 1, -1], 1, 5),
            ["mask_input"] = Tensor("mask_input", new float[height * width], 1, 1, height, width),
            ["has_mask_input"] = Tensor("has_mask_input", [0], 1),
            ["orig_im_size"] = Tensor("orig_im_size", [outHeight, outWidth], 2),
        };
    }

    public override (float[] Logits, int Width, int Height) Cover(
        ReadOnlySpan<float> mask, int width, int height, SamFrame frame) => (mask.ToArray(), width, height);
}
