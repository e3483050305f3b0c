using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Masks;

/// <content>Logits to bits: two widened rows, mixed and compared 32 pixels at a time.</content>
internal sealed unsafe partial class CpuMaskPicture
{
    private float[] _row = [];
    private float[] _upper = [];
    private float[] _lower = [];

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        const uint Infinite = 0x7F80_0000;
        ReadOnlySpan<Vector<uint>> vectors = MemoryMarshal.Cast<float, Vector<uint>>(values);
        (Vector<uint> mask, Vector<uint> bad) = (new(Infinite), Vector<uint>.Zero);
        foreach (Vector<uint> vector in vectors)
        {
            bad |= Vector.Equals(vector & mask, mask);
        }

        bool finite = bad == Vector<uint>.Zero;
        for (int i = vectors.Length * Vector<uint>.Count; i < values.Length; i++)
        {
            finite &= float.IsFinite(values[i]);
        }

        return finite;
    }

    private void Cut(
        ReadOnlySpan<float> logits, MaskTaps columns, MaskTaps rows, (int Width, int Height) source,
        MaskChainOptions options, Span<uint> bits, (int Width, int Height) target)
    {
        int words = MaskBits.Words(target.Width);
        Grow(ref _row, source.Width + (2 * Vector512<float>.Count));
        Grow(ref _upper, words * MaskBits.PerWord);
        Grow(ref _lower, words * MaskBits.PerWord);
        (uint flip, uint last) = (options.Invert ? uint.MaxValue : 0, MaskBits.LastWord(target.Width));
        bool enlarges = target.Width >= source.Width;
        (int upperRow, int lowerRow) = (-1, -1);
        for (int y = 0; y < target.Height; y++)
        {
            int top = rows.Lefts[y];
            int bottom = Math.Min(top + 1, source.Height - 1);
            if (top == lowerRow)
            {
                (_upper, _lower) = (_lower, _upper);
                (upperRow, lowerRow) = (lowerRow, upperRow);
            }

            if (top != upperRow)
            {
                Widen(logits.Slice(top * source.Width, source.Width), columns, words, enlarges, _upper);
                upperRow = top;
            }

            if (bottom != lowerRow)
            {
                Widen(logits.Slice(bottom * source.Width, source.Width), columns, words, enlarges, _lower);
                lowerRow = bottom;
            }

            Span<uint> row = bits.Slice(y * words, words);
            MixAndCompare(_upper, _lower, rows.Weights[y], options.Threshold, flip, row);
            row[^1] &= last;
        }
    }

    private void Widen(ReadOnlySpan<float> source, MaskTaps columns, int words, bool enlarges, float[] wide)
    {
        source.CopyTo(_row);
        _row.AsSpan(source.Length, 2 * Vector512<float>.Count).Fill(source[^1]); // Right of the last value: itself.
        int targets = words * MaskBits.PerWord;
        if (enlarges && Avx512F.IsSupported)
        {
            WidenByPermute(columns, targets, wide);
            return;
        }

        ReadOnlySpan<int> lefts = columns.Lefts;
        ReadOnlySpan<float> weights = columns.Weights;
        for (int x = 0; x < targets; x++)
        {
            float left = _row[lefts[x]];
            wide[x] = MathF.FusedMultiplyAdd(weights[x], _row[lefts[x] + 1] - left, left);
        }
    }

    // Where there are at least as many targets as values, 16 targets lie within 16 values: two loads and two permutes
    // stand for 32 single loads. The padding's taps (0) lie left of the vector's first; permute takes them modulo 16.
    private void WidenByPermute(MaskTaps columns, int targets, float[] wide)
    {
        fixed (float* row = _row, weights = columns.Weights, to = wide)
        fixed (int* lefts = columns.Lefts)
        {
            for (int x = 0; x < targets; x += Vector512<float>.Count)
            {
                float* from = row + lefts[x];
                Vector512<int> at = Vector512.Load(lefts + x) - Vector512.Create(lefts[x]);
                Vector512<float> left = Avx512F.PermuteVar16x32(Vector512.Load(from), at);
                Vector512<float> right = Avx512F.PermuteVar16x32(Vector512.Load(from + 1), at);
                Vector512.FusedMultiplyAdd(Vector512.Load(weights + x), right - left, left).Store(to + x);
            }
        }
    }

    private static void MixAndCompare(
        float[] upper, float[] lower, float weight, float threshold, uint flip, Span<uint> bits)
    {
        (Vector512<float> weights, Vector512<float> bounds) = (Vector512.Create(weight), Vector512.Create(threshold));
        fixed (float* above = upper, below = lower)
        {
            for (int i = 0; i < bits.Length; i++)
            {
                int x = i * MaskBits.PerWord;
                uint low = Above(above + x, below + x, weights, bounds);
                uint high = Above(above + x + 16, below + x + 16, weights, bounds);
                bits[i] = (low | (high << 16)) ^ flip;
            }
        }
    }

    private static uint Above(float* upper, float* lower, Vector512<float> weights, Vector512<float> bounds)
    {
        Vector512<float> above = Vector512.Load(upper);
        Vector512<float> value = Vector512.FusedMultiplyAdd(weights, Vector512.Load(lower) - above, above);
        return (uint)Vector512.GreaterThan(value, bounds).ExtractMostSignificantBits();
    }
}
