using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Gan;

/// <summary>What a GAN takes and gives, by its own declaration.</summary>
/// <param name="Noise">The noise input, [B, Z] or [B, Z, 1, 1], f32 or f16.</param>
/// <param name="NoiseLength">Z.</param>
/// <param name="Label">The label input, or null for a model without classes.</param>
/// <param name="LabelWidth">Length C of a one-hot label; 0 for a number.</param>
/// <param name="Output">The picture output's name.</param>
internal sealed record GanShape(
    OnnxTensor Noise, int NoiseLength, OnnxTensor? Label, int LabelWidth, string Output)
{
    // What exporters call a label that is a row of floats, as the noise is.
    private static readonly string[] LabelWords = ["label", "class", "onehot", "one_hot"];

    /// <summary>Pictures in each run when the model fixes it, else 0.</summary>
    public int FixedBatch => Math.Max(0, Math.Max(Noise.Dimensions[0], Label?.Dimensions[0] ?? 0));

    /// <summary>Reads the declaration.</summary>
    /// <exception cref="ModelException">WrongRole: names, types or shapes are not a GAN's, or the options do not fit.
    /// </exception>
    public static GanShape Of(OnnxModel model, GanOptions options)
    {
        model.Require(
            [.. new[] { options.NoiseInput, options.LabelInput }.Where(name => name.Length > 0)],
            options.OutputName.Length > 0 ? [options.OutputName] : []);
        (OnnxTensor noise, OnnxTensor? label) = InputsOf(model, options);
        if (!IsFloat(noise) || noise.Dimensions is not ([_, _] or [_, _, 1 or -1, 1 or -1]))
        {
            throw model.WrongRole($"the noise {noise.Name} must be f32 or f16 [B, Z] or [B, Z, 1, 1]");
        }

        int length = noise.Dimensions[1] > 0 ? noise.Dimensions[1] : options.NoiseLength;
        if (length < 1)
        {
            throw model.WrongRole($"the length of {noise.Name} is open; give it as noise_length");
        }

        if (options.NoiseLength > 0 && options.NoiseLength != length)
        {
            throw model.WrongRole($"{noise.Name} has the length {length} and noise_length is {options.NoiseLength}");
        }

        int width = label is null ? 0 : LabelWidthOf(model, label, options);
        return new GanShape(
            noise, length, label, width, options.OutputName.Length > 0 ? options.OutputName : model.OutputNames[0]);
    }

    /// <summary>Tells which input is the noise and which the label.</summary>
    private static (OnnxTensor Noise, OnnxTensor? Label) InputsOf(OnnxModel model, GanOptions options)
    {
        OnnxTensor[] inputs = [.. model.InputNames.Select(name => model.Inputs[name])];
        if (inputs.Length is not (1 or 2))
        {
            throw model.WrongRole("expected a noise input, and a label input or none");
        }

        OnnxTensor? noise = inputs.FirstOrDefault(input => input.Name == options.NoiseInput);
        OnnxTensor? label = inputs.FirstOrDefault(input => input.Name == options.LabelInput);
        OnnxTensor[] free = [.. inputs.Where(input => input != noise && input != label)];
        if (free.Length == 2)
        {
            OnnxTensor[] labels = [.. free.Where(IsNumber)];
            labels = labels.Length > 0 ? labels : [.. free.Where(IsNamedLabel)];
            label = labels.Length == 1
                ? labels[0]
                : throw model.WrongRole("noise and label cannot be told apart; name them: noise_input, label_input");
            return (free.Single(input => input != label), label);
        }

        // One is left for the role that was not named; a model of one input has no label.
        return noise is null && free.Length == 1 ? (free[0], label)
            : noise is not null ? (noise, label ?? free.FirstOrDefault())
            : throw model.WrongRole("its only input is named as label_input and none is left for the noise");
    }

    private static int LabelWidthOf(OnnxModel model, OnnxTensor label, GanOptions options)
    {
        if (options.Classes.Count == 0)
        {
            throw model.WrongRole($"it takes a label ({label.Name}) and no classes are given");
        }

        int idMax = options.Classes.Max(entry => entry.Id);
        if (IsNumber(label))
        {
            return label.Dimensions is [_] or [_, 1 or -1]
                ? 0
                : throw model.WrongRole($"the label {label.Name} must be [B] or [B, 1] where it is a number");
        }

        if (!IsFloat(label) || label.Dimensions.Count != 2)
        {
            throw model.WrongRole($"the label {label.Name} must be int32 or int64 [B], or f32 or f16 [B, C]");
        }

        int width = label.Dimensions[1] > 0 ? label.Dimensions[1] : idMax + 1;
        return idMax < width
            ? width
            : throw model.WrongRole($"it has {width} classes ({label.Name}) and the largest id given is {idMax}");
    }

    private static bool IsNumber(OnnxTensor tensor) =>
        tensor.ElementType is TensorElementType.Int32 or TensorElementType.Int64;

    private static bool IsFloat(OnnxTensor tensor) =>
        tensor.ElementType is TensorElementType.Float or TensorElementType.Float16;

    private static bool IsNamedLabel(OnnxTensor tensor) =>
        tensor.Name is "y" or "c"
        || LabelWords.Any(word => tensor.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
