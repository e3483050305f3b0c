namespace Kernels.Similarity;

/// <summary>The truth that similarity kernels are tested against: one dot product after another, in double precision,
/// over the rows as they are stored.</summary>
public static unsafe class SimilarityReference
{
    /// <summary>The dot product of a query with a row, and the sum of the magnitudes, which bounds the
    /// rounding.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="query">D values.</param>
    public static (double Score, double Magnitude) Dot(SimilarityRows rows, int row, ReadOnlySpan<float> query)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (double score, double magnitude) = (0, 0);
        for (int d = 0; d < rows.Width; d++)
        {
            double product = Value(rows, row, d) * query[d];
            score += product;
            magnitude += Math.Abs(product);
        }

        return (score, magnitude);
    }

    /// <summary>Whether a row may be found.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="filter">The filter.</param>
    public static bool Passes(SimilarityRows rows, int row, RowFilter filter)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (int first, int end) = filter.Range(rows.Count);
        if (row < first || row >= end)
        {
            return false;
        }

        if (filter.Categories.IsEmpty)
        {
            return true;
        }

        int category = rows.Categories[row];
        return category >= 0 && category / 32 < filter.Categories.Length
            && ((filter.Categories[category / 32] >> (category % 32)) & 1) != 0;
    }

    // Not SimilarityRows.Read: that rounds scale * value, once more than the kernels do.
    private static double Value(SimilarityRows rows, int row, int d)
    {
        long at = ((((long)(row / RowBlocks.BlockRows) * rows.Width) + d) * RowBlocks.BlockRows)
            + (row % RowBlocks.BlockRows);
        return rows.Type switch
        {
            RowType.F32 => ((float*)rows.Values)[at],
            RowType.F16 => (double)((Half*)rows.Values)[at],
            _ => (double)rows.Scales[row] * ((sbyte*)rows.Values)[at],
        };
    }
}
