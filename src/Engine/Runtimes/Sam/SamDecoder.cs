using Engine.Pipeline.Annotate;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Sam;

/// <summary>One layout of a SAM export: what the decoder is fed for four points and how its masks are read.</summary>
internal abstract class SamDecoder(OnnxModel model, string masks, string scores)
{
    /// <summary>The loaded decoder.</summary>
    public OnnxModel Model => model;

    /// <summary>Names of the mask logits and of the predicted IoU, in the order they are asked for.</summary>
    public string[] Outputs { get; } = [masks, scores];

    /// <summary>Names of the inputs that carry the prompt; all other inputs carry what the encoder gave.</summary>
    public abstract IReadOnlyCollection<string> PromptInputs { get; }

    /// <summary>True when the picture is stretched to the frame, false when it is padded.</summary>
    public abstract bool Stretches { get; }

    /// <summary>Makes the decoder of a layout.</summary>
    /// <exception cref="ModelException">WrongRole: names of the layout, or of every layout, are missing.</exception>
    public static SamDecoder Of(OnnxModel model, SamLayout layout) =>
        (layout == SamLayout.Auto ? Tell(model) : layout) switch
        {
            SamLayout.Sam2 => new Sam2Decoder(model),
            SamLayout.Sam => new SamOwnDecoder(model),
            _ => new SamOptimumDecoder(model),
        };

    /// <summary>The prompt's tensors: four foreground points, no box, no earlier mask.</summary>
    /// <param name="frame">How the picture lies in the frame.</param>
    /// <param name="points">[4, 2] f32 in px of the frame.</param>
    /// <returns>A value a prompt input; the caller disposes them.</returns>
    public abstract IReadOnlyDictionary<string, OrtValue> Prompt(SamFrame frame, float[] points);

    /// <summary>Brings one mask of the decoder to logits that cover the picture and nothing else.</summary>
    /// <param name="mask">[height, width] f32 logits of the background.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="frame">How the picture lies in the frame.</param>
    /// <returns>Logits of the background over the picture, and their size.</returns>
    public abstract (float[] Logits, int Width, int Height) Cover(
        ReadOnlySpan<float> mask, int width, int height, SamFrame frame);

    /// <summary>How many of the decoder's first masks are not candidates.</summary>
    public virtual int Skip(int masks) => 0;

    private static SamLayout Tell(OnnxModel model)
    {
        bool points = model.Inputs.ContainsKey("point_coords");
        return model switch
        {
            _ when model.Inputs.ContainsKey("input_points") => SamLayout.Optimum,
            _ when points && model.Inputs.ContainsKey("high_res_feats_0") => SamLayout.Sam2,
            _ when points && model.Inputs.ContainsKey("orig_im_size") => SamLayout.Sam,
            _ => throw model.WrongRole(
                "expected inputs point_coords and high_res_feats_0 (SAM 2), point_coords and orig_im_size (SAM's own "
                + "export), or input_points (optimum)"),
        };
    }

    /// <summary>A tensor of the type that the model declares for this input.</summary>
    protected OrtValue Tensor(string name, ReadOnlySpan<float> values, params long[] shape) =>
        model.Inputs[name].ElementType switch
        {
            TensorElementType.Float => OrtValue.CreateTensorValueFromMemory(values.ToArray(), shape),
            TensorElementType.Int64 => OrtValue.CreateTensorValueFromMemory(Whole(values), shape),
            _ => throw model.WrongRole($"input {name} must be Float or Int64"),
        };

    private static long[] Whole(ReadOnlySpan<float> values)
    {
        long[] whole = new long[values.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            whole[i] = (long)values[i];
        }

        return whole;
    }
}
