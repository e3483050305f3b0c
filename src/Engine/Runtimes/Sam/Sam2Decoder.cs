using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Sam;

/// <summary>SAM 2 as samexporter writes it: three embeddings, points in the frame, three masks.</summary>
internal sealed class Sam2Decoder : SamDecoder
{
    private static readonly string[] Needed = ["point_coords", "point_labels", "mask_input", "has_mask_input"];

    private readonly bool _takesSize;
    private readonly (int Height, int Width) _earlierMask;

    public Sam2Decoder(OnnxModel model)
        : base(model, "masks", "iou_predictions")
    {
        model.Require([.. Needed, "high_res_feats_0"], Outputs);

        // Some exports take the picture's size and bring the masks to it; others leave them at a quarter of the frame.
        _takesSize = model.Inputs.ContainsKey("orig_im_size");
        PromptInputs = _takesSize ? [.. Needed, "orig_im_size"] : Needed;
        _earlierMask = SamPrompts.EarlierMask(model);
    }

    public override IReadOnlyCollection<string> PromptInputs { get; }

    public override bool Stretches => true;

    public override IReadOnlyDictionary<string, OrtValue> Prompt(SamFrame frame, float[] points)
    {
        (int height, int width) = _earlierMask;
        Dictionary<string, OrtValue> prompt = new()
        {
            ["point_coords"] = Tensor("point_coords", points, 1, 4, 2),
            ["point_labels"] = Tensor("point_labels", [1, 1, 1, 1], 1, 4),
            ["mask_input"] = Tensor("mask_input", new float[height * width], 1, 1, height, width),
            ["has_mask_input"] = Tensor("has_mask_input", [0], 1),
        };
        if (_takesSize)
        {
            (int outHeight, int outWidth) = SamPrompts.BoundedSize(frame);
            prompt["orig_im_size"] = Tensor("orig_im_size", [outHeight, outWidth], 2);
        }

        return prompt;
    }

    public override (float[] Logits, int Width, int Height) Cover(
        ReadOnlySpan<float> mask, int width, int height, SamFrame frame) => (mask.ToArray(), width, height);
}
