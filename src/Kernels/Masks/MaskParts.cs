// MaskParts: runs of a packed mask joined to connected parts, for the Cpu mask chain.
//
// Shapes   a run is two ints, its first column and the one behind its last; runs stand row by row.
// Method   w ^ (w << 1 | carry) has a bit at every place where a row changes: TrailingZeroCount walks them. A run is
//          joined (union-find, the earlier run is the parent) with the runs of the row above that it meets; as parents
//          come first, one pass forward then names every run's part and weighs the parts.
// Memory   arrays that grow to the largest picture seen and stay.
using System.Numerics;

namespace Kernels.Masks;

/// <summary>Runs and the parts they make. One picture at a time.</summary>
internal sealed class MaskParts
{
    private int[] _edges = new int[1024];
    private int[] _rows = [];
    private int[] _parents = [];
    private int[] _areas = [];
    private int _edgeCount;
    private int _rowCount;

    /// <summary>Runs listed.</summary>
    public int Count => _edgeCount / 2;

    /// <summary>Pixels of the parts, by the number of the part's first run; to be written to as well.</summary>
    public Span<int> Areas => _areas.AsSpan(0, Count);

    /// <summary>Rows listed.</summary>
    public int Rows => _rowCount;

    /// <summary>First column of a run.</summary>
    public int First(int run) => _edges[2 * run];

    /// <summary>The column behind a run.</summary>
    public int End(int run) => _edges[(2 * run) + 1];

    /// <summary>The number of the first run of a run's part, once weighed.</summary>
    public int PartOf(int run) => _parents[run];

    /// <summary>The number of a row's first run; of row <see cref="Rows"/>, the number of runs.</summary>
    public int RowStart(int row) => _rows[row];

    /// <summary>Forgets all runs.</summary>
    /// <param name="rows">Rows that will be listed.</param>
    public void Begin(int rows)
    {
        (_edgeCount, _rowCount) = (0, 0);
        Grow(ref _rows, rows + 1);
        _rows[0] = 0;
    }

    /// <summary>Adds a run to the row that is being listed.</summary>
    public void Add(int first, int end)
    {
        Grow(ref _edges, _edgeCount + 2);
        _edges[_edgeCount++] = first;
        _edges[_edgeCount++] = end;
    }

    /// <summary>Ends the row that is being listed.</summary>
    public void EndRow() => _rows[++_rowCount] = Count;

    /// <summary>Lists a row of a packed mask.</summary>
    public void AddRow(ReadOnlySpan<uint> row)
    {
        Grow(ref _edges, _edgeCount + (row.Length * MaskBits.PerWord) + 2);
        int[] edges = _edges;
        int count = _edgeCount;
        uint carry = 0;
        for (int i = 0; i < row.Length; i++)
        {
            uint word = row[i];
            uint changes = word ^ ((word << 1) | carry);
            carry = word >> 31;
            for (; changes != 0; changes &= changes - 1)
            {
                edges[count++] = (i * MaskBits.PerWord) + BitOperations.TrailingZeroCount(changes);
            }
        }

        if (carry != 0)
        {
            edges[count++] = row.Length * MaskBits.PerWord;
        }

        _edgeCount = count;
        EndRow();
    }

    /// <summary>Joins all runs and weighs the parts.</summary>
    /// <param name="diagonal">True for 8-connected, false for 4-connected.</param>
    /// <returns>The number of parts.</returns>
    public int Join(bool diagonal)
    {
        Grow(ref _parents, Count);
        Grow(ref _areas, Count);
        for (int run = 0; run < Count; run++)
        {
            _parents[run] = run;
        }

        for (int row = 1; row < _rowCount; row++)
        {
            JoinRows(row, diagonal ? 1 : 0);
        }

        int parts = 0;
        Areas.Clear();
        for (int run = 0; run < Count; run++)
        {
            int part = _parents[_parents[run]];
            _parents[run] = part;
            _areas[part] += End(run) - First(run);
            parts += part == run ? 1 : 0;
        }

        return parts;
    }

    // Both rows' runs are sorted, so one walk through the two lists meets every touching pair.
    private void JoinRows(int row, int reach)
    {
        int upper = _rows[row - 1];
        int begin = _rows[row];
        for (int run = begin; run < _rows[row + 1]; run++)
        {
            (int first, int end) = (First(run) - reach, End(run) + reach);
            while (upper < begin && End(upper) <= first)
            {
                upper++;
            }

            for (int other = upper; other < begin && First(other) < end; other++)
            {
                (int a, int b) = (Root(run), Root(other));
                _parents[Math.Max(a, b)] = Math.Min(a, b);
            }
        }
    }

    private int Root(int run)
    {
        while (_parents[run] != run)
        {
            _parents[run] = _parents[_parents[run]];
            run = _parents[run];
        }

        return run;
    }

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
