namespace Kernels.Similarity;

/// <summary>Which rows a search may give, in a form that jobs can hold.</summary>
internal readonly unsafe struct AllowedRows
{
    private readonly int _first;
    private readonly int _end;
    private readonly int* _categoryOf;
    private readonly uint[]? _bits;

    /// <summary>Rows from first to end, of the categories whose bit is set.</summary>
    public AllowedRows(int first, int end, int* categoryOf, uint[]? bits)
    {
        (_first, _end, _bits) = (first, end, bits);
        _categoryOf = categoryOf;
    }

    public bool Has(int row)
    {
        if (row < _first || row >= _end)
        {
            return false;
        }

        if (_bits is not { } bits)
        {
            return true;
        }

        uint category = (uint)_categoryOf[row];
        return category / 32 < bits.Length && ((bits[category / 32] >> (int)(category % 32)) & 1) != 0;
    }
}
