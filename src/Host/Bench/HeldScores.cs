using System.Numerics.Tensors;
using Engine.Index;

namespace Host.Bench;

/// <summary>The scores of held-out rows against every category of a half index.</summary>
internal sealed class HeldScores
{
    private readonly bool[] _isLeftOut;
    private readonly int[] _categoryOf; // Of every held-out row; -1 where the half has no row of it.

    /// <summary>Scores.</summary>
    /// <param name="index">The whole index.</param>
    /// <param name="split">The half, and what is held out.</param>
    public HeldScores(RealIndex index, CalibrationSplit split)
    {
        CategoryDirections directions = new(split.Means);
        int categories = split.Info.Categories.Count;
        Means = new float[split.Held.Length][];
        Directions = new float[split.Held.Length][];
        float[] row = new float[index.Rows.Width];
        for (int at = 0; at < split.Held.Length; at++)
        {
            index.Rows.Read(split.Held[at], row);
            Means[at] =
                [.. Enumerable.Range(0, categories).Select(c => TensorPrimitives.Dot(split.Means.MeanOf(c), row))];
            Directions[at] = [.. Enumerable.Range(0, categories).Select(c => (float)directions.Cosine(c, row))];
        }

        _categoryOf = [.. split.Held.Select(split.CategoryOf)];
        _isLeftOut = [.. split.Held.Select(at => split.LeftOut.Contains(index.Rows.Categories[at]))];
        OwnCategory = [.. _categoryOf.Where(c => c >= 0)];
        Own = [.. _categoryOf.Index().Where(one => one.Item >= 0).Select(one => (double)Means[one.Index][one.Item])];
    }

    /// <summary>Mean cosines, by held-out row and category of the half.</summary>
    public float[][] Means { get; }

    /// <summary>Cosines to the mean rows, by the same.</summary>
    public float[][] Directions { get; }

    /// <summary>The mean cosine to the own category, of rows that have it in the half.</summary>
    public double[] Own { get; }

    /// <summary>That category.</summary>
    public int[] OwnCategory { get; }

    /// <summary>Whether the half lacks the category of a held-out row on purpose.</summary>
    public bool IsLeftOut(int at) => _isLeftOut[at];

    /// <summary>Counts who is rejected as its own and accepted as another category.</summary>
    public void Count(ShareTally tally, string method, CalibrationSplit split, Func<int, double> threshold) =>
        Count(tally, method, split, (at, c) => Means[at][c] >= threshold(c));

    /// <summary>Counts the same for the lead of a category's score over the largest other one.</summary>
    public void CountMargins(
        ShareTally tally, string method, CalibrationSplit split, double least, float[][] scores)
    {
        Count(tally, method, split, (at, c) => scores[at][c] - Other(scores[at], c) >= least);

        static double Other(float[] all, int c) => Math.Max(
            c > 0 ? TensorPrimitives.Max<float>(all.AsSpan(0, c)) : float.NegativeInfinity,
            c + 1 < all.Length ? TensorPrimitives.Max<float>(all.AsSpan(c + 1)) : float.NegativeInfinity);
    }

    private void Count(ShareTally tally, string method, CalibrationSplit split, Func<int, int, bool> accepts)
    {
        for (int at = 0; at < Means.Length; at++)
        {
            for (int c = 0; c < split.Info.Categories.Count; c++)
            {
                bool accepted = accepts(at, c);
                if (c == _categoryOf[at])
                {
                    tally.Add(method, Bucket(split.Info.Categories[c].Count), !accepted);
                    tally.Add(method, "all", !accepted);
                }
                else
                {
                    tally.Add(method, "others", accepted);
                }
            }
        }
    }

    private static string Bucket(int rows) => rows switch { 1 => "1", < 4 => "2-3", < 11 => "4-10", _ => ">10" };
}
