using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Embed;

/// <summary>What an embedding model takes and gives, by its own declaration.</summary>
/// <param name="Pixels">The picture input, [B, 3, H, W], f32 or f16.</param>
/// <param name="Output">The output that is read, [B, D], f32 or f16.</param>
/// <param name="Texts">Inputs of a text half that wants feeding too, int64 [Bt, tokens]; mostly empty.</param>
internal sealed record EmbedderShape(OnnxTensor Pixels, OnnxTensor Output, IReadOnlyList<OnnxTensor> Texts)
{
    private const string PixelsName = "pixel_values";
    private const string PreferredOutput = "image_embeds";

    // A whole CLIP, as optimum exports it, computes nothing without a text.
    private static readonly string[] TextNames = ["input_ids", "attention_mask"];

    /// <summary>Pictures in each run when the model fixes it, else 0.</summary>
    public int FixedBatch => Math.Max(0, Pixels.Dimensions[0]);

    /// <summary>Length of an embedding when the model declares it, else 0.</summary>
    public int Width => Math.Max(0, Output.Dimensions[1]);

    /// <summary>Reads the declaration.</summary>
    /// <exception cref="ModelException">WrongRole: names, types or shapes are not an embedder's.</exception>
    public static EmbedderShape Of(OnnxModel model, string outputName, (int Width, int Height) size)
    {
        model.Require([PixelsName], []);
        OnnxTensor pixels = model.Inputs[PixelsName];
        if (!IsFloat(pixels) || pixels.Dimensions is not [_, 3 or -1, _, _])
        {
            throw model.WrongRole($"{PixelsName} must be f32 or f16 [B, 3, H, W]");
        }

        if (!Fits(pixels.Dimensions[2], size.Height) || !Fits(pixels.Dimensions[3], size.Width))
        {
            throw model.WrongRole(
                $"the preprocessor makes pictures of {size.Width} x {size.Height} px and the model takes "
                    + $"{pixels.Dimensions[3]} x {pixels.Dimensions[2]} px");
        }

        OnnxTensor[] others = [.. model.Inputs.Values.Where(input => input.Name != PixelsName)];
        if (others.FirstOrDefault(input => !IsText(input)) is { } unknown)
        {
            throw model.WrongRole($"the input {unknown.Name} is unknown; known are {PixelsName}, "
                + string.Join(", ", TextNames));
        }

        OnnxTensor output = OutputOf(model, outputName);
        return IsFloat(output) && output.Dimensions.Count == 2
            ? new EmbedderShape(pixels, output, others)
            : throw model.WrongRole($"the output {output.Name} must be f32 or f16 [B, D]");
    }

    private static OnnxTensor OutputOf(OnnxModel model, string outputName)
    {
        if (outputName.Length > 0)
        {
            model.Require([PixelsName], [outputName]);
            return model.Outputs[outputName];
        }

        return model.Outputs.TryGetValue(PreferredOutput, out OnnxTensor? preferred) ? preferred
            : model.Outputs.Count == 1 ? model.Outputs.Values.Single()
            : throw model.WrongRole($"it has {model.Outputs.Count} outputs and none is {PreferredOutput}; "
                + "choose one with output_name");
    }

    private static bool Fits(int declared, int made) => declared < 1 || declared == made;

    private static bool IsFloat(OnnxTensor tensor) =>
        tensor.ElementType is TensorElementType.Float or TensorElementType.Float16;

    private static bool IsText(OnnxTensor tensor) => TextNames.Contains(tensor.Name)
        && tensor.ElementType == TensorElementType.Int64 && tensor.Dimensions.Count == 2;
}
