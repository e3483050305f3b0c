// BilinearUpsample: brings a [h, w] map of logits to [H, W] by linear interpolation in both axes.
//
// Shapes   source [h, w] f32 row-major; target [H, W] f32 row-major. Any sizes from 1; smaller targets are sampled.
// Geometry half-pixel centres (align_corners = false): x of the source = (X + 0.5) * w / W - 0.5, held inside
//          [0, w - 1], so beyond the outermost centres the edge's value stands. No low-pass filter when it shrinks.
// Traffic  reads h*w*4 B once and writes H*W*4 B once; two rows of W f32 and W taps stay in L1.
// Order    wide = fma(u, right - left, left) along each row; then fma(v, lower - upper, upper). MaskChain does so too.
// Work     3 flop a column of each source row, 3 flop a target value: 0.75 flop/B, bound by memory.
// Measured 256x256 to 512x512 in 0.21 ms, to 1024x1024 in 0.43 ms; 0 B allocated once the pool is warm.
//          Two cores of an AMD EPYC VM that other work shared, .NET 10; bench/Kernels.Bench/MaskBench.cs, --job short.
// Ladder   1 naive reference in the tests (f64, four taps a value); 2 this file: rows are widened once and then mixed
//          in pairs, which leaves one fused multiply-add a target value.
// Error    |this - exact| <= 4 * 2^-24 * (largest |source| around the value); positions are computed in f64.
// Equals   torch interpolate(mode=bilinear, align_corners=False) and cv2.resize INTER_LINEAR within 1e-5 of the range;
//          these compute positions in f32, which is where the difference comes from.
using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Kernels.Masks;

/// <summary>Linear interpolation of a map to another size.</summary>
public static class BilinearUpsample
{
    /// <summary>Fills <paramref name="target"/> with <paramref name="source"/> at another size.</summary>
    /// <param name="source">[height, width] f32, row-major.</param>
    /// <param name="width">w, columns of the source; 1 or more.</param>
    /// <param name="height">h, rows of the source; 1 or more.</param>
    /// <param name="target">Receives [targetHeight, targetWidth] f32. Apart from the source.</param>
    /// <param name="targetWidth">W, columns of the target; 1 or more.</param>
    /// <param name="targetHeight">H, rows of the target; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">A length is not height * width.</exception>
    public static void Run(
        ReadOnlySpan<float> source, int width, int height, Span<float> target, int targetWidth, int targetHeight)
    {
        MaskShape.Check(source.Length, width, height, nameof(source));
        MaskShape.Check(target.Length, targetWidth, targetHeight, nameof(target));
        float[] rows = ArrayPool<float>.Shared.Rent(3 * targetWidth);
        int[] lefts = ArrayPool<int>.Shared.Rent(targetWidth);
        try
        {
            Span<float> weights = rows.AsSpan(2 * targetWidth, targetWidth);
            for (int x = 0; x < targetWidth; x++)
            {
                (lefts[x], weights[x]) = MaskTaps.Tap(x, width, targetWidth);
            }

            Rows(source, width, height, target, targetWidth, targetHeight, rows, lefts.AsSpan(0, targetWidth), weights);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rows);
            ArrayPool<int>.Shared.Return(lefts);
        }
    }

    private static void Rows(
        ReadOnlySpan<float> source, int width, int height, Span<float> target, int targetWidth, int targetHeight,
        Span<float> rows, ReadOnlySpan<int> lefts, ReadOnlySpan<float> weights)
    {
        Span<float> upper = rows[..targetWidth];
        Span<float> lower = rows.Slice(targetWidth, targetWidth);
        (int upperRow, int lowerRow) = (-1, -1);
        for (int y = 0; y < targetHeight; y++)
        {
            (int top, float weight) = MaskTaps.Tap(y, height, targetHeight);
            int bottom = Math.Min(top + 1, height - 1);
            if (top == lowerRow)
            {
                Span<float> spare = upper;
                upper = lower;
                lower = spare;
                (upperRow, lowerRow) = (lowerRow, -1);
            }

            if (top != upperRow)
            {
                Widen(source.Slice(top * width, width), lefts, weights, upper);
                upperRow = top;
            }

            if (bottom != lowerRow)
            {
                Widen(source.Slice(bottom * width, width), lefts, weights, lower);
                lowerRow = bottom;
            }

            Mix(upper, lower, weight, target.Slice(y * targetWidth, targetWidth));
        }
    }

    private static void Widen(
        ReadOnlySpan<float> row, ReadOnlySpan<int> lefts, ReadOnlySpan<float> weights, Span<float> wide)
    {
        for (int x = 0; x < wide.Length; x++)
        {
            int left = lefts[x];
            float value = row[left];
            wide[x] = MathF.FusedMultiplyAdd(weights[x], row[Math.Min(left + 1, row.Length - 1)] - value, value);
        }
    }

    private static void Mix(ReadOnlySpan<float> upper, ReadOnlySpan<float> lower, float weight, Span<float> mixed)
    {
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(upper);
        ReadOnlySpan<Vector<float>> b = MemoryMarshal.Cast<float, Vector<float>>(lower);
        Span<Vector<float>> c = MemoryMarshal.Cast<float, Vector<float>>(mixed);
        Vector<float> weights = new(weight);
        for (int i = 0; i < c.Length; i++)
        {
            c[i] = Vector.FusedMultiplyAdd(weights, b[i] - a[i], a[i]);
        }

        for (int x = c.Length * Vector<float>.Count; x < mixed.Length; x++)
        {
            mixed[x] = MathF.FusedMultiplyAdd(weight, lower[x] - upper[x], upper[x]);
        }
    }
}
