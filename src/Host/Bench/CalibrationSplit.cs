using Engine.Index;
using Kernels.CategoryMean;
using Kernels.Similarity;

namespace Host.Bench;

/// <summary>Half the photographs of an index as an index of their own, and the other half to judge by it.</summary>
internal sealed class CalibrationSplit
{
    private readonly RealIndex _index;
    private readonly int[] _rows; // Of the half that is the index.

    /// <summary>Splits by photograph: objects of one never stand on both sides.</summary>
    /// <param name="index">All of it.</param>
    /// <param name="random">Draws the photographs, and the categories that are left out.</param>
    /// <param name="leftOut">Share of the categories that the half index does not get, 0 to below 1.</param>
    /// <param name="stopping">Ends the scoring.</param>
    public CalibrationSplit(RealIndex index, Random random, double leftOut, CancellationToken stopping)
    {
        _index = index;
        string[] ids = [.. Enumerable.Range(0, index.Rows.Count).Select(index.IdOf)];
        PictureGroups pictures = new(ids);
        bool[] inHalf = new bool[pictures.Count];
        int[] shuffled = [.. Enumerable.Range(0, pictures.Count)];
        random.Shuffle(shuffled);
        foreach (int picture in shuffled[..(pictures.Count / 2)])
        {
            inHalf[picture] = true;
        }

        int[] categories = [.. Enumerable.Range(0, index.Info.Categories.Count)];
        random.Shuffle(categories);
        LeftOut = categories[..(int)(categories.Length * leftOut)].ToHashSet();
        _rows =
        [
            .. Enumerable.Range(0, ids.Length)
                .Where(row => inHalf[pictures.Of(row)] && !LeftOut.Contains(index.Rows.Categories[row])),
        ];
        Held = [.. Enumerable.Range(0, ids.Length).Where(row => !inHalf[pictures.Of(row)])];
        string[] halfIds = [.. _rows.Select(row => ids[row])];
        List<IndexCategory> half = Categories();
        Positions = half.Select((category, at) => (category.Id, at)).ToDictionary(pair => pair.Id, pair => pair.at);
        IndexInfo info = index.Info with { Categories = half };
        Scores = CalibrationPass.Run(half, index.Rows.Width, Read, halfIds, stopping);
        Info = Scores.Into(info);
        IgnoringPictures = CalibrationPass.Run(
            half, index.Rows.Width, Read, [.. halfIds.Select((_, at) => $"{at}")], stopping).Into(info);
        Means = MeansOf(half);
    }

    /// <summary>Categories of the whole index that the half has no row of, on purpose.</summary>
    public IReadOnlySet<int> LeftOut { get; }

    /// <summary>Rows of the whole index that are to be judged.</summary>
    public int[] Held { get; }

    /// <summary>The half's scores.</summary>
    public RealScores Scores { get; }

    /// <summary>The half's table.</summary>
    public IndexInfo Info { get; }

    /// <summary>The half's table as it were if every row was of a photograph of its own.</summary>
    public IndexInfo IgnoringPictures { get; }

    /// <summary>The half's mean rows.</summary>
    public CategoryMeans Means { get; }

    private Dictionary<long, int> Positions { get; }

    /// <summary>The position in the half of a row's category; -1 where it has none.</summary>
    public int CategoryOf(int row) =>
        Positions.GetValueOrDefault(_index.Info.Categories[_index.Rows.Categories[row]].Id, -1);

    private void Read(int first, Span<float> rows)
    {
        int width = _index.Rows.Width;
        for (int at = 0; at < rows.Length / width; at++)
        {
            _index.Rows.Read(_rows[first + at], rows.Slice(at * width, width));
        }
    }

    private List<IndexCategory> Categories()
    {
        List<IndexCategory> categories = [];
        int first = 0;
        foreach (IGrouping<int, int> group in _rows.GroupBy(row => _index.Rows.Categories[row]))
        {
            int count = group.Count();
            categories.Add(_index.Info.Categories[group.Key] with { First = first, Count = count });
            first += count;
        }

        return categories;
    }

    private CategoryMeans MeansOf(List<IndexCategory> categories)
    {
        int width = _index.Rows.Width;
        float[] means = new float[categories.Count * width];
        float[] row = new float[width];
        for (int c = 0; c < categories.Count; c++)
        {
            for (int at = categories[c].First; at < categories[c].First + categories[c].Count; at++)
            {
                Read(at, row);
                for (int d = 0; d < width; d++)
                {
                    means[(c * width) + d] += row[d] / categories[c].Count;
                }
            }
        }

        return new CategoryMeans(
            width, means, [.. categories.Select(one => one.First)], [.. categories.Select(one => one.Count)]);
    }
}
