using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Onnx;

/// <summary>An input or output as the model declares it.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="ElementType">The type of a value; Float, Float16, Int64 ...</param>
/// <param name="Dimensions">Lengths from outermost to innermost; -1 where the model leaves the length open.</param>
public sealed record OnnxTensor(string Name, TensorElementType ElementType, IReadOnlyList<int> Dimensions)
{
    /// <summary>Name, type and shape for a message, such as <c>pixel_values Float [?, 3, 224, 224]</c>.</summary>
    public override string ToString()
    {
        IEnumerable<string> lengths = Dimensions.Select(length => length < 0 ? "?" : $"{length}");
        return $"{Name} {ElementType} [{string.Join(", ", lengths)}]";
    }

    internal static OnnxTensor From(string name, NodeMetadata metadata) => metadata.IsTensor
        ? new(name, metadata.ElementDataType, [.. metadata.Dimensions])
        : new(name, TensorElementType.DataTypeMax, []);
}
