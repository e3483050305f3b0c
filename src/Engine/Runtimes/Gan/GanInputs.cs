using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Gan;

/// <summary>Makes a GAN's inputs; each row is of its own seed and class alone.</summary>
internal static class GanInputs
{
    /// <summary>Makes the inputs of one run.</summary>
    /// <param name="shape">What the model takes.</param>
    /// <param name="truncation">Standard deviation of the noise.</param>
    /// <param name="rows">Seed and class of each picture.</param>
    /// <param name="batch">Rows the run has; what is beyond the pictures is filled with zeros.</param>
    /// <returns>A value an input; the caller disposes them.</returns>
    public static Dictionary<string, OrtValue> Make(
        GanShape shape, double truncation, IReadOnlyList<(ulong Seed, int Class)> rows, int batch)
    {
        float[] noise = new float[batch * shape.NoiseLength];
        for (int row = 0; row < rows.Count; row++)
        {
            Span<float> own = noise.AsSpan(row * shape.NoiseLength, shape.NoiseLength);
            NormalNoise.Fill(own, rows[row].Seed, stream: 0, truncation);
        }

        long[] lengths = shape.Noise.Dimensions.Count == 2
            ? [batch, shape.NoiseLength]
            : [batch, shape.NoiseLength, 1, 1];
        Dictionary<string, OrtValue> inputs = new()
        {
            [shape.Noise.Name] = TensorNumbers.MakeSingles(shape.Noise.ElementType, noise, lengths),
        };
        if (shape.Label is { } label)
        {
            inputs[label.Name] = Labels(label, shape.LabelWidth, [.. rows.Select(row => row.Class)], batch);
        }

        return inputs;
    }

    private static OrtValue Labels(OnnxTensor label, int width, int[] classes, int batch)
    {
        if (width > 0)
        {
            float[] hot = new float[batch * width];
            for (int row = 0; row < classes.Length; row++)
            {
                hot[(row * width) + classes[row]] = 1;
            }

            return TensorNumbers.MakeSingles(label.ElementType, hot, [batch, width]);
        }

        long[] lengths = label.Dimensions.Count == 1 ? [batch] : [batch, 1];
        double[] numbers = [.. classes, .. new double[batch - classes.Length]];
        return TensorNumbers.Make(label.ElementType, numbers, lengths);
    }
}
