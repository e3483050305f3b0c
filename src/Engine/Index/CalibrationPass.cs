using System.Numerics.Tensors;
using Kernels.Similarity;

namespace Engine.Index;

/// <summary>Scores real rows against real rows, which is what a threshold is chosen from.</summary>
/// <remarks>
/// A row is never scored against rows of its own picture: objects of one photograph share scene, light and camera, and
/// score far higher among themselves than against any other picture, which a generated one always is.
/// Own score of row x of category c: x . (S_c - S_cp) / (n_c - n_cp), S_c being the sum of the category's n_c rows and
/// S_cp that of those in the picture of x. Other score: x of another category, x . S_c / n_c.
/// Nearest other score: the largest cosine of x to the mean row of another category, rows of its picture left out:
/// how like a known category real pictures are of which the index knows nothing (<see cref="KnownBound"/>).
/// Work: 4*N*D flop for the own scores; the others take a sample of 20,000 rows, 2*20,000*C*D.
/// </remarks>
public sealed class CalibrationPass
{
    private const int OtherRowsMax = 20_000;

    private readonly IReadOnlyList<IndexCategory> _categories;
    private readonly int _width;
    private readonly RowSource _rows;
    private readonly PictureGroups _pictures;
    private readonly CancellationToken _stopping;
    private readonly float[] _sums; // [C, D]
    private readonly float[] _lengths; // [C], of the sums.
    private readonly int[] _categoryOf; // [N]

    private CalibrationPass(
        IReadOnlyList<IndexCategory> categories, int width, RowSource rows, IReadOnlyList<string> ids,
        CancellationToken stopping)
    {
        (_categories, _width, _rows, _stopping) = (categories, width, rows, stopping);
        _pictures = new PictureGroups(ids);
        _categoryOf = [.. categories.SelectMany((category, c) => Enumerable.Repeat(c, category.Count))];
        _sums = Sums();
        _lengths = [.. categories.Select((_, c) => TensorPrimitives.Norm(Sum(c)))];
    }

    /// <summary>Scores.</summary>
    /// <param name="categories">The categories, whose rows follow each other.</param>
    /// <param name="width">D.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="ids">An id a row.</param>
    /// <param name="stopping">Ends it.</param>
    public static RealScores Run(
        IReadOnlyList<IndexCategory> categories, int width, RowSource rows, IReadOnlyList<string> ids,
        CancellationToken stopping)
    {
        CalibrationPass pass = new(categories, width, rows, ids, stopping);
        (RunningScores[] other, double[] nearest) = pass.Others();
        List<(int Picture, double Score)>[] own = [.. categories.Select((_, c) => pass.Own(c))];
        return new RealScores(
            [
                .. categories.Select((category, c) => category with
                {
                    Calibration = OwnScores.Summary(own[c], other[c]),
                }),
            ],
            [.. own.Select(scores => scores.ConvertAll(row => row.Score))],
            nearest);
    }

    // The score of each row that has rows of other pictures beside it, with its picture.
    private List<(int Picture, double Score)> Own(int c)
    {
        IndexCategory category = _categories[c];
        List<(int, double)> scores = [];
        float[] row = new float[_width];
        float[] inPicture = new float[_width];
        foreach (IGrouping<int, int> group in Enumerable.Range(category.First, category.Count).GroupBy(_pictures.Of))
        {
            _stopping.ThrowIfCancellationRequested();
            int[] members = [.. group];
            if (members.Length == category.Count)
            {
                return [];
            }

            Array.Clear(inPicture);
            foreach (int member in members)
            {
                _rows(member, row);
                TensorPrimitives.Add(inPicture, row, inPicture);
            }

            foreach (int member in members)
            {
                _rows(member, row); // A group of one is read twice; the file is in memory by now.
                double all = TensorPrimitives.Dot(row, Sum(c)) - TensorPrimitives.Dot<float>(row, inPicture);
                scores.Add((group.Key, all / (category.Count - members.Length)));
            }
        }

        return scores;
    }

    private (RunningScores[] Other, double[] Nearest) Others()
    {
        RunningScores[] other = new RunningScores[_categories.Count];
        List<double> nearest = [];
        int every = Math.Max(1, _categoryOf.Length / OtherRowsMax);
        float[] row = new float[_width];
        for (int picture = 0; picture < _pictures.Count; picture++)
        {
            _stopping.ThrowIfCancellationRequested();
            int[] asked = [.. _pictures.RowsOf(picture).ToArray().Where(at => at % every == 0)];
            Dictionary<int, float[]>? own = asked.Length == 0 ? null : DirectionsWithout(picture);
            foreach (int at in asked)
            {
                _rows(at, row);
                double largest = ScoreAgainstOthers(row, _categoryOf[at], own!, other);
                if (double.IsFinite(largest))
                {
                    nearest.Add(largest);
                }
            }
        }

        nearest.Sort();
        return (other, [.. nearest]);
    }

    private double ScoreAgainstOthers(
        float[] row, int own, Dictionary<int, float[]> without, RunningScores[] other)
    {
        double largest = double.NegativeInfinity;
        for (int c = 0; c < _categories.Count; c++)
        {
            if (c == own)
            {
                continue;
            }

            double dot = TensorPrimitives.Dot(row, Sum(c));
            other[c].Add(dot / _categories[c].Count);
            double cosine = without.TryGetValue(c, out float[]? left)
                ? left.Length > 0 ? TensorPrimitives.Dot<float>(row, left) : double.NegativeInfinity
                : dot / _lengths[c];
            largest = Math.Max(largest, cosine);
        }

        return largest;
    }

    // What a picture's categories are without it: unit directions, empty where nothing is left.
    private Dictionary<int, float[]> DirectionsWithout(int picture)
    {
        Dictionary<int, float[]> directions = [];
        float[] row = new float[_width];
        foreach (IGrouping<int, int> group in _pictures.RowsOf(picture).ToArray().GroupBy(at => _categoryOf[at]))
        {
            float[] left = Sum(group.Key).ToArray();
            foreach (int at in group)
            {
                _rows(at, row);
                TensorPrimitives.Subtract(left, row, left);
            }

            bool isEmpty = group.Count() == _categories[group.Key].Count;
            float length = isEmpty ? 0 : TensorPrimitives.Norm<float>(left);
            if (length > 0)
            {
                TensorPrimitives.Divide(left, length, left);
            }

            directions.Add(group.Key, length > 0 ? left : []);
        }

        return directions;
    }

    private ReadOnlySpan<float> Sum(int c) => _sums.AsSpan(c * _width, _width);

    private float[] Sums()
    {
        float[] sums = new float[_categories.Count * _width];
        double[] sum = new double[_width];
        float[] row = new float[_width];
        for (int c = 0; c < _categories.Count; c++)
        {
            _stopping.ThrowIfCancellationRequested();
            Array.Clear(sum);
            for (int i = _categories[c].First; i < _categories[c].First + _categories[c].Count; i++)
            {
                _rows(i, row);
                for (int d = 0; d < _width; d++)
                {
                    sum[d] += row[d];
                }
            }

            for (int d = 0; d < _width; d++)
            {
                sums[(c * _width) + d] = (float)sum[d];
            }
        }

        return sums;
    }
}
