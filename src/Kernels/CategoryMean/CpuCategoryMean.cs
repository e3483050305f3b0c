// CpuCategoryMean: score[b] = (1 / n_c) * sum_i dot(query[b], row[i]) over the n_c rows i of category c of query b.
//
// Shapes   queries [B, D] f32; categories [B] i32; means [C, D] f32 (CategoryMeans); score [B] f32.
// Method   the mean and the dot product change places: score[b] = dot(query[b], mean[c]). The matrix of pairs is never
//          made; what was 2*B*n_c*D flop is 2*B*D.
// Traffic  reads 2*B*D*4 B and writes B*4 B.
// Work     2*B*D flop: 0.25 flop/B, bound by memory; B = 64, D = 768 is 0.4 MB.
// Measured not apart: B = 64 at D = 768 is 0.1 Mflop, some microseconds beside the milliseconds of an embedding.
// Ladder   1 the matrix of pairs in f64, in the tests; 2 this file; 3 CategoryMean.cl.
// Error    |score - exact| <= (D + 2) * 2^-24 * sum|q*m|, far inside 1e-5 for unit vectors of any width here.
using System.Numerics;
using System.Runtime.InteropServices;

namespace Kernels.CategoryMean;

/// <summary>The mean cosine to a category, on the calling thread: the work is too small to share.</summary>
public sealed class CpuCategoryMean : ICategoryMean
{
    private readonly CategoryMeans _means;

    /// <summary>Scores against these means.</summary>
    /// <param name="means">The means; they are kept.</param>
    public CpuCategoryMean(CategoryMeans means) => _means = means;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<float> queries, ReadOnlySpan<int> categories, Span<float> scores)
    {
        CheckLengths(_means.Width, queries.Length, categories.Length, scores.Length);
        for (int b = 0; b < scores.Length; b++)
        {
            ReadOnlySpan<float> mean = _means.MeanOf(categories[b]);
            float score = mean.IsEmpty ? float.NaN : Dot(queries.Slice(b * _means.Width, _means.Width), mean);
            scores[b] = float.IsFinite(score) ? score : float.NaN;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Checks the lengths, the same on every device.</summary>
    internal static void CheckLengths(int width, int queries, int categories, int scores)
    {
        if (queries != (long)width * scores || categories != scores)
        {
            throw new ArgumentException(
                $"{queries} query values, {categories} categories and {scores} scores are not one of each for queries "
                + $"of {width} values.");
        }
    }

    // A value that is not finite makes the sum so: infinity times a mean of 0 is NaN, too.
    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ReadOnlySpan<Vector<float>> lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        ReadOnlySpan<Vector<float>> rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < lefts.Length; i++)
        {
            sums = Vector.FusedMultiplyAdd(lefts[i], rights[i], sums);
        }

        float sum = Vector.Sum(sums);
        for (int i = lefts.Length * Vector<float>.Count; i < left.Length; i++)
        {
            sum = MathF.FusedMultiplyAdd(left[i], right[i], sum);
        }

        return sum;
    }
}
