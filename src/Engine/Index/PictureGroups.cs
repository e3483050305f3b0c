namespace Engine.Index;

/// <summary>Which rows are objects of one picture: those whose ids agree up to the last '#', as COCO's do.</summary>
public sealed class PictureGroups
{
    private readonly int[] _pictureOf;
    private readonly int[] _rows; // Row numbers, picture by picture.
    private readonly int[] _first;

    /// <summary>Groups rows.</summary>
    /// <param name="ids">An id a row.</param>
    public PictureGroups(IReadOnlyList<string> ids)
    {
        _pictureOf = new int[ids.Count];
        Dictionary<string, int> known = new(StringComparer.Ordinal);
        for (int row = 0; row < ids.Count; row++)
        {
            int cut = ids[row].LastIndexOf('#');
            string picture = cut < 0 ? ids[row] : ids[row][..cut];
            if (!known.TryGetValue(picture, out int number))
            {
                known.Add(picture, number = known.Count);
            }

            _pictureOf[row] = number;
        }

        _first = new int[known.Count + 1];
        foreach (int picture in _pictureOf)
        {
            _first[picture + 1]++;
        }

        for (int picture = 0; picture < known.Count; picture++)
        {
            _first[picture + 1] += _first[picture];
        }

        _rows = [.. Enumerable.Range(0, ids.Count).OrderBy(row => _pictureOf[row])]; // Stable: rows stay in order.
    }

    /// <summary>Pictures.</summary>
    public int Count => _first.Length - 1;

    /// <summary>The picture of a row.</summary>
    /// <param name="row">0 to N - 1.</param>
    public int Of(int row) => _pictureOf[row];

    /// <summary>The rows of a picture, in order; so those of one category follow each other.</summary>
    /// <param name="picture">0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> RowsOf(int picture) =>
        _rows.AsSpan(_first[picture], _first[picture + 1] - _first[picture]);
}
