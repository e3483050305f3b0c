namespace Kernels.Similarity;

/// <summary>Queries in the order the inner loops read them: panels of six side by side, [D, 6], the last one or two
/// alone, [D] each, since a panel costs as much as three of those.</summary>
internal sealed unsafe class QueryPanels
{
    private const int Six = BlockScores.PanelQueries;
    private const int AloneMax = 2;

    private float[] _values = [];
    private bool[] _finite = [];
    private int _width;

    /// <summary>Panels of six.</summary>
    public int Panels { get; private set; }

    /// <summary>Queries behind the panels that stand alone.</summary>
    public int Alone { get; private set; }

    /// <summary>Where panel or, behind the panels, lone query <paramref name="index"/> starts, in values.</summary>
    public int OffsetOf(int index) =>
        index <= Panels ? index * Six * _width : (Panels * Six * _width) + ((index - Panels) * _width);

    /// <summary>The values, for pinning.</summary>
    public float[] Values => _values;

    /// <summary>Whether all values of a query are finite.</summary>
    public bool IsFinite(int query) => _finite[query];

    /// <summary>Packs queries. One that is not finite becomes zeros, so that it costs nobody else anything.</summary>
    /// <param name="queries">[B, D].</param>
    /// <param name="width">D.</param>
    /// <param name="factor">What each value is multiplied with.</param>
    public void Pack(ReadOnlySpan<float> queries, int width, float factor)
    {
        int count = queries.Length / width;
        _width = width;
        Alone = count % Six <= AloneMax ? count % Six : 0;
        Panels = (count - Alone + Six - 1) / Six;
        int size = OffsetOf(Panels + Alone);
        if (_values.Length < size || _finite.Length < count)
        {
            (_values, _finite) = (new float[size], new bool[count]);
        }

        _values.AsSpan(0, size).Clear();
        for (int query = 0; query < count; query++)
        {
            ReadOnlySpan<float> values = queries.Slice(query * width, width);
            _finite[query] = AllFinite(values);
            if (_finite[query])
            {
                Scatter(values, query, factor);
            }
        }
    }

    private void Scatter(ReadOnlySpan<float> values, int query, float factor)
    {
        bool inPanel = query < Panels * Six;
        int first = inPanel ? OffsetOf(query / Six) + (query % Six) : OffsetOf(Panels + query - (Panels * Six));
        int step = inPanel ? Six : 1;
        for (int d = 0; d < values.Length; d++)
        {
            _values[first + (d * step)] = values[d] * factor;
        }
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        bool finite = true;
        foreach (float value in values)
        {
            finite &= float.IsFinite(value);
        }

        return finite;
    }
}
