using System.Numerics.Tensors;
using Kernels.Similarity;

namespace Engine.Index;

/// <summary>Scores real rows against real rows, which is what a threshold is chosen from.</summary>
/// <remarks>
/// Own score of row x of category c with n rows: the mean cosine to the others, (x . S - 1) / (n - 1), S being the sum
/// of the category's rows; the row itself, whose cosine is 1, is left out. Other score: x of another category,
/// x . S / n.
/// Work: 2*N*D flop for the own scores; the others take a sample of 20,000 rows, 2*20,000*C*D.
/// </remarks>
internal static class CalibrationPass
{
    private const int OtherRowsMax = 20_000;

    /// <summary>Gives the categories their calibration.</summary>
    public static IReadOnlyList<IndexCategory> Run(
        IReadOnlyList<IndexCategory> categories, int width, RowSource rows, CancellationToken stopping)
    {
        float[] sums = Sums(categories, width, rows, stopping);
        Scores[] own = new Scores[categories.Count];
        Scores[] other = new Scores[categories.Count];
        long count = categories.Sum(category => (long)category.Count);
        long every = Math.Max(1, count / OtherRowsMax);
        float[] row = new float[width];
        for (int c = 0; c < categories.Count; c++)
        {
            stopping.ThrowIfCancellationRequested();
            for (int i = categories[c].First; i < categories[c].First + categories[c].Count; i++)
            {
                rows(i, row);
                if (categories[c].Count > 1)
                {
                    double all = TensorPrimitives.Dot(row, sums.AsSpan(c * width, width));
                    own[c].Add((all - TensorPrimitives.Dot<float>(row, row)) / (categories[c].Count - 1));
                }

                if (i % every == 0)
                {
                    ScoreAgainstOthers(categories, c, row, sums, other);
                }
            }
        }

        return
        [
            .. categories.Select((category, c) => category with
            {
                Calibration = new CategoryCalibration(
                    own[c].Mean, own[c].Deviation, own[c].Count, other[c].Mean, other[c].Deviation),
            }),
        ];
    }

    private static float[] Sums(
        IReadOnlyList<IndexCategory> categories, int width, RowSource rows, CancellationToken stopping)
    {
        float[] sums = new float[categories.Count * width];
        double[] sum = new double[width];
        float[] row = new float[width];
        for (int c = 0; c < categories.Count; c++)
        {
            stopping.ThrowIfCancellationRequested();
            Array.Clear(sum);
            for (int i = categories[c].First; i < categories[c].First + categories[c].Count; i++)
            {
                rows(i, row);
                for (int d = 0; d < width; d++)
                {
                    sum[d] += row[d];
                }
            }

            for (int d = 0; d < width; d++)
            {
                sums[(c * width) + d] = (float)sum[d];
            }
        }

        return sums;
    }

    private static void ScoreAgainstOthers(
        IReadOnlyList<IndexCategory> categories, int own, float[] row, float[] sums, Scores[] other)
    {
        for (int c = 0; c < categories.Count; c++)
        {
            if (c != own)
            {
                double sum = TensorPrimitives.Dot(row, sums.AsSpan(c * row.Length, row.Length));
                other[c].Add(sum / categories[c].Count);
            }
        }
    }

    // Welford's running mean and variance.
    private struct Scores
    {
        private double _squares;

        public int Count { get; private set; }

        public double Mean { get; private set; }

        public readonly double Deviation => Count > 1 ? Math.Sqrt(_squares / (Count - 1)) : 0;

        public void Add(double score)
        {
            Count++;
            double before = score - Mean;
            Mean += before / Count;
            _squares += before * (score - Mean);
        }
    }
}
