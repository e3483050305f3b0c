// MaskRuns: the connected parts of a mask as runs, shared by LargestComponent, FillHoles and MaskMeasures.
//
// Shapes   mask [h, w] bytes; a run is a stretch of equal pixels in one row: first column, last column, row.
// Method   runs are listed row by row; each is joined (union-find, towards the earlier run) with the runs of the row
//          above that it meets. A part's name is its first run in raster order, so ties are settled by position.
// Work     one read of the mask; then the runs only, of which an object has a few a row. Worst case, a checkerboard,
//          h * w / 2 runs: 16 B each.
// Memory   four rented int arrays that double as runs are found; nothing of the mask's size in the usual case.
using System.Buffers;

namespace Kernels.Masks;

/// <summary>Runs of one value in a mask, joined to connected parts. <see cref="Dispose"/> returns its arrays.</summary>
internal ref struct MaskRuns
{
    private int[] _first;
    private int[] _last;
    private int[] _row;
    private int[] _parent;

    private MaskRuns(int capacity)
    {
        _first = ArrayPool<int>.Shared.Rent(capacity);
        _last = ArrayPool<int>.Shared.Rent(capacity);
        _row = ArrayPool<int>.Shared.Rent(capacity);
        _parent = ArrayPool<int>.Shared.Rent(capacity);
    }

    /// <summary>Runs found.</summary>
    public int Count { get; private set; }

    /// <summary>Lists and joins the runs of <paramref name="value"/>.</summary>
    /// <param name="mask">[height, width] bytes, 0 or 1.</param>
    /// <param name="width">Columns.</param>
    /// <param name="value">0 or 1: whose runs.</param>
    /// <param name="diagonal">True for 8-connected, false for 4-connected.</param>
    public static MaskRuns Of(ReadOnlySpan<byte> mask, int width, byte value, bool diagonal)
    {
        MaskRuns runs = new(capacity: 256);
        int above = 0;
        for (int y = 0; y < mask.Length / width; y++)
        {
            int begin = runs.Count;
            runs.List(mask.Slice(y * width, width), y, value);
            runs.JoinRows(above, begin, diagonal ? 1 : 0);
            above = begin;
        }

        return runs;
    }

    /// <summary>First column, last column (included) and row of a run.</summary>
    public readonly (int First, int Last, int Row) this[int run] => (_first[run], _last[run], _row[run]);

    /// <summary>The part a run belongs to: the number of the part's first run.</summary>
    public readonly int PartOf(int run)
    {
        while (_parent[run] != run)
        {
            _parent[run] = _parent[_parent[run]];
            run = _parent[run];
        }

        return run;
    }

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_first);
        ArrayPool<int>.Shared.Return(_last);
        ArrayPool<int>.Shared.Return(_row);
        ArrayPool<int>.Shared.Return(_parent);
    }

    private void List(ReadOnlySpan<byte> row, int y, byte value)
    {
        int x = 0;
        while (true)
        {
            int skip = row[x..].IndexOf(value);
            if (skip < 0)
            {
                return;
            }

            int first = x + skip;
            int length = row[first..].IndexOfAnyExcept(value);
            x = length < 0 ? row.Length : first + length;
            Add(first, x - 1, y);
        }
    }

    private void Add(int first, int last, int y)
    {
        if (Count == _first.Length)
        {
            Grow(ref _first);
        }

        if (Count == _last.Length)
        {
            Grow(ref _last);
        }

        if (Count == _row.Length)
        {
            Grow(ref _row);
        }

        if (Count == _parent.Length)
        {
            Grow(ref _parent);
        }

        (_first[Count], _last[Count], _row[Count], _parent[Count]) = (first, last, y, Count);
        Count++;
    }

    private static void Grow(ref int[] array)
    {
        int[] larger = ArrayPool<int>.Shared.Rent(array.Length * 2);
        array.CopyTo(larger, 0);
        ArrayPool<int>.Shared.Return(array);
        array = larger;
    }

    // Both rows' runs are sorted, so one walk through the two lists meets every touching pair.
    private readonly void JoinRows(int above, int begin, int reach)
    {
        int upper = above;
        for (int run = begin; run < Count; run++)
        {
            while (upper < begin && _last[upper] + reach < _first[run])
            {
                upper++;
            }

            for (int other = upper; other < begin && _first[other] <= _last[run] + reach; other++)
            {
                Join(run, other);
            }
        }
    }

    private readonly void Join(int left, int right)
    {
        (int a, int b) = (PartOf(left), PartOf(right));
        _parent[Math.Max(a, b)] = Math.Min(a, b);
    }
}
