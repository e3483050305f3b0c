using System.Runtime.InteropServices;

namespace Kernels.Similarity;

/// <summary>N rows in the layout of <see cref="RowBlocks"/>, in memory of this process: its own or, for a file that is
/// mapped, another's.</summary>
public sealed unsafe class SimilarityRows : IDisposable
{
    private const nuint Alignment = 64;

    private readonly nint _values;
    private readonly nint _scales;
    private readonly nint _categories;
    private readonly bool _owned;
    private int _disposed;

    private SimilarityRows(
        int count, int width, RowType type, nint values, nint scales, nint categories, bool owned)
    {
        (Count, Width, Type) = (count, width, type);
        (_values, _scales, _categories, _owned) = (values, scales, categories, owned);
    }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>How a value is stored.</summary>
    public RowType Type { get; }

    /// <summary>Bytes of all blocks.</summary>
    public long SizeBytes => RowBlocks.Bytes(Count, Width, Type);

    /// <summary>Whether the rows know their category.</summary>
    public bool HasCategories => _categories != 0;

    /// <summary>The blocks, [blocks, D, 64] values.</summary>
    public byte* Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return (byte*)_values;
        }
    }

    /// <summary>One scale a row, those of the last block's filling included; empty unless the type is int8.</summary>
    public ReadOnlySpan<float> Scales =>
        _scales == 0 ? [] : new((float*)_scales, RowBlocks.Blocks(Count) * RowBlocks.BlockRows);

    /// <summary>The category of each row; empty where they know none.</summary>
    public ReadOnlySpan<int> Categories => _categories == 0 ? [] : new((int*)_categories, Count);

    /// <summary>Packs rows into memory of their own.</summary>
    /// <param name="rows">[N, D] f32, row-major, of length 1 each; N 1 or more.</param>
    /// <param name="width">D, 1 to <see cref="RowBlocks.WidthMax"/>.</param>
    /// <param name="type">How a value is to be stored.</param>
    /// <param name="categories">[N] category of each row, 0 or more; empty for none.</param>
    /// <returns>The rows; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A length does not fit, or a row has a value that is not finite.</exception>
    public static SimilarityRows Pack(
        ReadOnlySpan<float> rows, int width, RowType type, ReadOnlySpan<int> categories = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        int count = rows.Length / width;
        if (count == 0 || rows.Length % width != 0 || (categories.Length != 0 && categories.Length != count))
        {
            throw new ArgumentException(
                $"{rows.Length} values and {categories.Length} categories are not rows of {width} values.");
        }

        SimilarityRows packed = Allocate(count, width, type, categories);
        try
        {
            packed.Fill(rows);
            return packed;
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    /// <summary>Packs rows that are made or read a block at a time, so that they are never held twice.</summary>
    /// <param name="count">N, 1 or more.</param>
    /// <param name="width">D, 1 to <see cref="RowBlocks.WidthMax"/>.</param>
    /// <param name="type">How a value is to be stored.</param>
    /// <param name="source">Gives the rows in their order.</param>
    /// <param name="categories">[N] category of each row, 0 or more; empty for none.</param>
    /// <returns>The rows; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A row holds a value that is not finite.</exception>
    public static SimilarityRows Pack(
        int count, int width, RowType type, RowSource source, ReadOnlySpan<int> categories = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, RowBlocks.WidthMax);
        if (categories.Length != 0 && categories.Length != count)
        {
            throw new ArgumentException($"{categories.Length} categories are not those of {count} rows.");
        }

        SimilarityRows packed = Allocate(count, width, type, categories);
        try
        {
            float[] some = new float[RowBlocks.BlockRows * width];
            for (int first = 0; first < count; first += RowBlocks.BlockRows)
            {
                Span<float> rows = some.AsSpan(0, Math.Min(RowBlocks.BlockRows, count - first) * width);
                source(first, rows);
                packed.FillBlock(first, rows);
            }

            return packed;
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    /// <summary>Makes room for rows that are written one by one, with <see cref="Write"/>.</summary>
    /// <param name="count">N, 1 or more. The memory is taken at once.</param>
    /// <param name="width">D, 1 to <see cref="RowBlocks.WidthMax"/>.</param>
    /// <param name="type">How a value is to be stored.</param>
    /// <returns>Rows of zeros, of undefined categories; the caller disposes them.</returns>
    public static SimilarityRows Room(int count, int width, RowType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, RowBlocks.WidthMax);
        SimilarityRows room = Allocate(count, width, type, hasCategories: true);

        // A device works on whole blocks: what happens to lie in rows that were not written could be NaN, and a query
        // that meets one counts as not finite.
        NativeMemory.Clear((void*)room._values, (nuint)RowBlocks.Bytes(count, width, type));
        if (room._scales != 0)
        {
            NativeMemory.Clear((void*)room._scales, (nuint)RowBlocks.Blocks(count) * RowBlocks.BlockRows * 4);
        }

        return room;
    }

    /// <summary>Describes rows that lie in another's memory, for example in a mapped file.</summary>
    /// <param name="count">N, 1 or more.</param>
    /// <param name="width">D.</param>
    /// <param name="type">How a value is stored.</param>
    /// <param name="values">[blocks, D, 64] values, on an address that 64 divides; they stay for its life.</param>
    /// <param name="scales">One f32 a row, up to the end of the last block; 0 unless the type is int8.</param>
    /// <param name="categories">One int32 a row; 0 for none.</param>
    /// <exception cref="ArgumentException">An address is missing or not aligned.</exception>
    public static SimilarityRows Over(
        int count, int width, RowType type, nint values, nint scales = 0, nint categories = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, RowBlocks.WidthMax);
        if (values == 0 || values % (nint)Alignment != 0 || (type == RowType.I8) != (scales != 0))
        {
            throw new ArgumentException(
                $"Rows of {type} at 0x{values:x} with scales at 0x{scales:x}: values must lie on a multiple of "
                + $"{Alignment}, and int8, and only int8, has scales.");
        }

        return new SimilarityRows(count, width, type, values, scales, categories, owned: false);
    }

    /// <summary>One row as the kernels see it, in f32.</summary>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="values">Receives D values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Read(int row, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        int bytes = RowBlocks.BlockBytes(Width, Type);
        ReadOnlySpan<byte> block = new(Values + ((long)(row / RowBlocks.BlockRows) * bytes), bytes);
        float scale = Type == RowType.I8 ? Scales[row] : 1;
        RowBlocks.Unpack(block, row % RowBlocks.BlockRows, Type, scale, values[..Width]);
    }

    /// <summary>Writes one row of its own memory. Whatever searches the rows is told by
    /// <see cref="ISimilarity.Update"/>, and is not searching meanwhile.</summary>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="values">[D] f32, of length 1.</param>
    /// <param name="category">Its category, 0 or more.</param>
    /// <exception cref="ArgumentException">The length is not D, or a value is not finite; nothing is written.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidOperationException">The memory is another's, or has no categories.</exception>
    public void Write(int row, ReadOnlySpan<float> values, int category)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        if (!_owned || !HasCategories)
        {
            throw new InvalidOperationException("Only rows that were made as room can be written.");
        }

        (int block, int place) = (row / RowBlocks.BlockRows, row % RowBlocks.BlockRows);
        int bytes = RowBlocks.BlockBytes(Width, Type);
        Span<byte> target = new(Values + ((long)block * bytes), bytes);
        Span<float> scales = Type == RowType.I8
            ? new((float*)_scales + (block * RowBlocks.BlockRows), RowBlocks.BlockRows) : [];
        if (!RowBlocks.PackOne(values, Width, place, Type, target, scales))
        {
            throw new ArgumentException($"Row {row} holds a value that is not finite or above 65504.");
        }

        ((int*)_categories)[row] = category;
    }

    /// <summary>Gives the memory back, if it is its own.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && _owned)
        {
            NativeMemory.AlignedFree((void*)_values);
            NativeMemory.AlignedFree((void*)_scales);
            NativeMemory.AlignedFree((void*)_categories);
        }
    }

    private static SimilarityRows Allocate(int count, int width, RowType type, ReadOnlySpan<int> categories)
    {
        SimilarityRows rows = Allocate(count, width, type, !categories.IsEmpty);
        categories.CopyTo(rows._categories == 0 ? [] : new Span<int>((int*)rows._categories, count));
        return rows;
    }

    private static SimilarityRows Allocate(int count, int width, RowType type, bool hasCategories)
    {
        nint values = Aligned(RowBlocks.Bytes(count, width, type));
        nint scales = type == RowType.I8 ? Aligned((long)RowBlocks.Blocks(count) * RowBlocks.BlockRows * 4) : 0;
        nint kept = hasCategories ? Aligned((long)count * sizeof(int)) : 0;
        return new SimilarityRows(count, width, type, values, scales, kept, owned: true);
    }

    private static nint Aligned(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);

    private void Fill(ReadOnlySpan<float> rows)
    {
        for (int first = 0; first < Count; first += RowBlocks.BlockRows)
        {
            FillBlock(first, rows.Slice(first * Width, Math.Min(RowBlocks.BlockRows, Count - first) * Width));
        }
    }

    private void FillBlock(int first, ReadOnlySpan<float> rows)
    {
        int bytes = RowBlocks.BlockBytes(Width, Type);
        Span<byte> block = new((byte*)_values + ((long)(first / RowBlocks.BlockRows) * bytes), bytes);
        Span<float> scales = Type == RowType.I8 ? new((float*)_scales + first, RowBlocks.BlockRows) : [];
        scales.Clear();
        int bad = RowBlocks.Pack(rows, Width, Type, block, scales);
        if (bad >= 0)
        {
            throw new ArgumentException($"Row {first + bad} holds a value that is not finite or above 65504.");
        }
    }
}
