using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Embed;

/// <summary>Moves f32 values into and out of tensors of f32 or f16.</summary>
internal static class OnnxFloats
{
    /// <summary>Makes an input of the type the model declares.</summary>
    /// <param name="values">The values; the tensor may use them in place, so they must stay as they are.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="type">Float or Float16.</param>
    /// <returns>The tensor; the caller disposes it.</returns>
    public static OrtValue Tensor(float[] values, long[] shape, TensorElementType type) =>
        type == TensorElementType.Float16
            ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (Float16)value), shape)
            : OrtValue.CreateTensorValueFromMemory(values, shape);

    /// <summary>Copies a tensor of f32 or f16 out.</summary>
    public static float[] Read(OrtValue tensor) =>
        tensor.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float16
            ? Array.ConvertAll(tensor.GetTensorDataAsSpan<Float16>().ToArray(), value => (float)value)
            : tensor.GetTensorDataAsSpan<float>().ToArray();
}
