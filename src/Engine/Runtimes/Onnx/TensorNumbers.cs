using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Onnx;

/// <summary>Makes inputs of the type that a model declares, and reads outputs of f32 or f16.</summary>
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

    /// <summary>Makes an input of f32 or f16, such as pixels.</summary>
    /// <param name="type">Float16, else f32.</param>
    /// <param name="values">The values; the tensor may use them in place, so they must stay as they are.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    public static OrtValue MakeSingles(TensorElementType type, float[] values, long[] shape)
    {
        if (type != TensorElementType.Float16)
        {
            return OrtValue.CreateTensorValueFromMemory(values, shape);
        }

        Float16[] half = new Float16[values.Length];
        TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<Float16, Half>(half.AsSpan()));
        return OrtValue.CreateTensorValueFromMemory(half, shape);
    }

    /// <summary>Copies an output of f32 or f16 out.</summary>
    public static float[] Read(OrtValue tensor)
    {
        if (tensor.GetTensorTypeAndShape().ElementDataType != TensorElementType.Float16)
        {
            return tensor.GetTensorDataAsSpan<float>().ToArray();
        }

        ReadOnlySpan<Float16> half = tensor.GetTensorDataAsSpan<Float16>();
        float[] values = new float[half.Length];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(half), values);
        return values;
    }

    /// <summary>Makes a small input: token ids, timesteps. A whole type takes the nearest whole number.</summary>
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
