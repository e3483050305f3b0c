using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Diffusion;

/// <summary>A tensor of f32 or f16 in memory that stays where it is, read and written as f32.</summary>
internal sealed class TensorBuffer : IDisposable
{
    private readonly float[]? _single;
    private readonly Float16[]? _half;

    /// <summary>Makes a tensor of zeros.</summary>
    /// <param name="type">Float16, else f32.</param>
    /// <param name="shape">Lengths, outermost first.</param>
    public TensorBuffer(TensorElementType type, params long[] shape)
    {
        int length = checked((int)shape.Aggregate(1L, (product, next) => product * next));
        if (type == TensorElementType.Float16)
        {
            _half = new Float16[length];
            Value = OrtValue.CreateTensorValueFromMemory(_half, shape);
        }
        else
        {
            _single = new float[length];
            Value = OrtValue.CreateTensorValueFromMemory(_single, shape);
        }
    }

    /// <summary>The tensor, to be bound or fed.</summary>
    public OrtValue Value { get; }

    /// <summary>Writes from an index on; f16 rounds to nearest and overflows to infinity.</summary>
    public void Write(int start, ReadOnlySpan<float> values)
    {
        if (_half is not null)
        {
            TensorPrimitives.ConvertToHalf(
                values, MemoryMarshal.Cast<Float16, Half>(_half.AsSpan(start, values.Length)));
        }
        else
        {
            values.CopyTo(_single.AsSpan(start));
        }
    }

    /// <summary>Reads from an index on.</summary>
    public void Read(int start, Span<float> values)
    {
        if (_half is not null)
        {
            TensorPrimitives.ConvertToSingle(
                MemoryMarshal.Cast<Float16, Half>(_half.AsSpan(start, values.Length)), values);
        }
        else
        {
            _single.AsSpan(start, values.Length).CopyTo(values);
        }
    }

    public void Dispose() => Value.Dispose();
}
