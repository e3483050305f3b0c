using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Diffusion;

/// <summary>Makes small inputs of the type that a model declares: timesteps, token ids, masks.</summary>
internal static class TensorNumbers
{
    private static readonly TensorElementType[] Known =
    [
        TensorElementType.Int64, TensorElementType.Int32, TensorElementType.Float, TensorElementType.Float16,
        TensorElementType.Double,
    ];

    /// <summary>Checks that an input is of a type this class makes.</summary>
    /// <exception cref="ModelException">WrongRole.</exception>
    public static void Require(OnnxModel model, OnnxTensor input)
    {
        if (!Known.Contains(input.ElementType))
        {
            throw model.WrongRole($"input {input.Name} must be one of {string.Join(", ", Known)}");
        }
    }

    /// <summary>Makes a tensor; a whole type takes the nearest whole number.</summary>
    public static OrtValue Make(TensorElementType type, double[] values, long[] shape) => type switch
    {
        TensorElementType.Int64 => OrtValue.CreateTensorValueFromMemory(
            Array.ConvertAll(values, value => (long)Math.Round(value)), shape),
        TensorElementType.Int32 => OrtValue.CreateTensorValueFromMemory(
            Array.ConvertAll(values, value => (int)Math.Round(value)), shape),
        TensorElementType.Float16 => OrtValue.CreateTensorValueFromMemory(
            Array.ConvertAll(values, value => (Float16)(float)value), shape),
        TensorElementType.Double => OrtValue.CreateTensorValueFromMemory((double[])values.Clone(), shape),
        _ => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (float)value), shape),
    };
}
