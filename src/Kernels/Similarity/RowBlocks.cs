// RowBlocks: the layout of rows that all similarity kernels read: blocks of 64 rows, a block being [D, 64].
//
// Why      64 rows side by side fill four 512-bit vectors, a query's value is one broadcast for all of them, nothing is
//          summed across lanes, and one pass over memory is one stream. Against rows one after another: 1.3 to 10 times
//          as fast on the same arithmetic (docs/performance.md).
// Value    f32; f16 (round to nearest even); int8 = round(value / scale), scale = largest |value| of the row / 127.
// Tail     the last block is filled up with rows of 0, which kernels never report.
using System.Runtime.InteropServices;

namespace Kernels.Similarity;

/// <summary>Brings rows into the layout of the similarity kernels, a block at a time.</summary>
public static class RowBlocks
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 64;

    /// <summary>Most values of a row.</summary>
    public const int WidthMax = 16_384;

    /// <summary>Bytes of one value.</summary>
    /// <param name="type">How it is stored.</param>
    public static int ValueBytes(RowType type) => type switch
    {
        RowType.F32 => 4,
        RowType.F16 => 2,
        RowType.I8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such row type."),
    };

    /// <summary>Blocks that so many rows take.</summary>
    /// <param name="rows">N.</param>
    public static int Blocks(int rows) => (int)(((long)rows + BlockRows - 1) / BlockRows);

    /// <summary>Bytes of one block.</summary>
    /// <param name="width">D.</param>
    /// <param name="type">How a value is stored.</param>
    public static int BlockBytes(int width, RowType type) => BlockRows * width * ValueBytes(type);

    /// <summary>Bytes of all blocks of so many rows.</summary>
    /// <param name="rows">N.</param>
    /// <param name="width">D.</param>
    /// <param name="type">How a value is stored.</param>
    public static long Bytes(int rows, int width, RowType type) => (long)Blocks(rows) * BlockBytes(width, type);

    /// <summary>Packs one block.</summary>
    /// <param name="rows">1 to 64 rows of D values each, row-major, of length 1 each.</param>
    /// <param name="width">D, 1 to <see cref="WidthMax"/>.</param>
    /// <param name="type">How a value is stored.</param>
    /// <param name="block">Receives [D, 64] values; <see cref="BlockBytes"/>.</param>
    /// <param name="scales">Receives 64 scales where the type is int8; else it may be empty.</param>
    /// <returns>The first row that holds a value that is not finite or above 65504; -1 when all are good.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static int Pack(
        ReadOnlySpan<float> rows, int width, RowType type, Span<byte> block, Span<float> scales)
    {
        int count = CheckedCount(rows.Length, width);
        if (block.Length != BlockBytes(width, type) || (type == RowType.I8 && scales.Length != BlockRows))
        {
            throw new ArgumentException(
                $"The block has {block.Length} bytes and {scales.Length} scales; [{width}, {BlockRows}] of {type} "
                + $"needs {BlockBytes(width, type)} bytes and, for int8, {BlockRows} scales.");
        }

        block.Clear();
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<float> values = rows.Slice(row * width, width);
            if (!(LargestMagnitude(values) <= (float)Half.MaxValue))
            {
                return row;
            }

            PackRow(values, row, type, block, scales);
        }

        return -1;
    }

    /// <summary>Packs one row into a block and leaves the block's other rows as they are.</summary>
    /// <param name="values">[D] f32, of length 1.</param>
    /// <param name="width">D, 1 to <see cref="WidthMax"/>.</param>
    /// <param name="row">Its place in the block, 0 to 63.</param>
    /// <param name="type">How a value is stored.</param>
    /// <param name="block">[D, 64] values.</param>
    /// <param name="scales">64 scales where the type is int8; else it may be empty.</param>
    /// <returns>False, with nothing written, where a value is not finite or above 65504.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static bool PackOne(
        ReadOnlySpan<float> values, int width, int row, RowType type, Span<byte> block, Span<float> scales)
    {
        if (values.Length != width || block.Length != BlockBytes(width, type)
            || (type == RowType.I8 && scales.Length != BlockRows))
        {
            throw new ArgumentException(
                $"{values.Length} values, {block.Length} bytes and {scales.Length} scales are not a row of {width} "
                + $"values and its block of {type}.", nameof(values));
        }

        bool isGood = LargestMagnitude(values) <= (float)Half.MaxValue;
        if (isGood)
        {
            PackRow(values, row, type, block, scales);
        }

        return isGood;
    }

    /// <summary>Reads one row back, as the kernels see it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="row">0 to 63.</param>
    /// <param name="type">How a value is stored.</param>
    /// <param name="scale">The row's scale; 1 unless the type is int8.</param>
    /// <param name="values">Receives D values.</param>
    public static void Unpack(ReadOnlySpan<byte> block, int row, RowType type, float scale, Span<float> values)
    {
        for (int d = 0; d < values.Length; d++)
        {
            int at = (d * BlockRows) + row;
            values[d] = type switch
            {
                RowType.F32 => MemoryMarshal.Cast<byte, float>(block)[at],
                RowType.F16 => (float)MemoryMarshal.Cast<byte, Half>(block)[at],
                _ => scale * (sbyte)block[at],
            };
        }
    }

    private static int CheckedCount(int length, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, WidthMax);
        if (length == 0 || length % width != 0 || length / width > BlockRows)
        {
            throw new ArgumentException(
                $"{length} values are not 1 to {BlockRows} rows of {width} values.", nameof(length));
        }

        return length / width;
    }

    private static void PackRow(
        ReadOnlySpan<float> values, int row, RowType type, Span<byte> block, Span<float> scales)
    {
        switch (type)
        {
            case RowType.F32:
                Span<float> singles = MemoryMarshal.Cast<byte, float>(block);
                for (int d = 0; d < values.Length; d++)
                {
                    singles[(d * BlockRows) + row] = values[d];
                }

                break;
            case RowType.F16:
                Span<Half> halves = MemoryMarshal.Cast<byte, Half>(block);
                for (int d = 0; d < values.Length; d++)
                {
                    halves[(d * BlockRows) + row] = (Half)values[d];
                }

                break;
            default:
                float scale = LargestMagnitude(values) / sbyte.MaxValue;
                scales[row] = scale;
                for (int d = 0; d < values.Length; d++)
                {
                    block[(d * BlockRows) + row] = scale == 0 ? (byte)0 : (byte)(sbyte)MathF.Round(values[d] / scale);
                }

                break;
        }
    }

    // NaN where one value is NaN.
    private static float LargestMagnitude(ReadOnlySpan<float> values)
    {
        float most = 0;
        foreach (float value in values)
        {
            most = MathF.Max(most, MathF.Abs(value)); // MathF.Max hands NaN on.
        }

        return most;
    }
}
