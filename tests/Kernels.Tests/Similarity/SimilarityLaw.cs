using Kernels.Similarity;

namespace Kernels.Tests.Similarity;

/// <summary>What is true of every answer, whatever the order in which a device adds.</summary>
/// <param name="rows">The rows.</param>
/// <param name="ulps">Units of (D + 1) * 2^-24 * sum|query * row| that a score may be off by.</param>
internal sealed class SimilarityLaw(SimilarityRows rows, double ulps)
{
    /// <summary>Holds an answer to one query against the reference.</summary>
    /// <param name="query">The query, as the device multiplies it.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="ids">Row numbers.</param>
    /// <param name="scores">Scores.</param>
    public void Check(ReadOnlySpan<float> query, RowFilter filter, ReadOnlySpan<int> ids, ReadOnlySpan<float> scores)
    {
        Dictionary<int, (double Score, double Bound)> expected = [];
        for (int row = 0; row < rows.Count; row++)
        {
            if (SimilarityReference.Passes(rows, row, filter))
            {
                (double score, double magnitude) = SimilarityReference.Dot(rows, row, query);
                expected.Add(row, (score, ulps * (rows.Width + 1) * Math.ScaleB(magnitude, -24)));
            }
        }

        int found = Math.Min(ids.Length, expected.Count);
        for (int place = 0; place < ids.Length; place++)
        {
            if (place >= found)
            {
                Assert.Equal(-1, ids[place]);
                Assert.Equal(float.NegativeInfinity, scores[place]);
                continue;
            }

            Assert.True(
                expected.Remove(ids[place], out (double Score, double Bound) row),
                $"Row {ids[place]} is there twice or was not to be found.");
            Assert.True(
                Math.Abs(scores[place] - row.Score) <= row.Bound,
                $"Row {ids[place]}: {scores[place]:r} for {row.Score:r}, more than {row.Bound:r} off.");
            if (place > 0)
            {
                Assert.True(
                    scores[place - 1] > scores[place]
                        || (scores[place - 1] == scores[place] && ids[place - 1] < ids[place]),
                    $"Out of order at {place}: {scores[place - 1]:r}, {scores[place]:r}.");
            }
        }

        // Of those left out, the device's score is not above its k-th.
        foreach ((int id, (double score, double bound)) in expected)
        {
            Assert.True(
                found == 0 || score - bound <= scores[found - 1],
                $"Row {id} with {score:r} is left out, the last is {scores[found - 1]:r}.");
        }
    }
}
