using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.Similarity;

/// <summary>Goal: what holds of a call on the processor beyond the answer.</summary>
public sealed class CpuSimilarityCallTests
{
    private const int Width = 48;

    [Theory]
    [InlineData(RowType.F32)]
    [InlineData(RowType.F16)]
    [InlineData(RowType.I8)]
    public void A_search_allocates_nothing_once_it_has_seen_its_size(RowType type)
    {
        using SimilarityRows rows = SimilarityRows.Pack(
            UnitRows.Of(1000, Width, seed: 1), Width, type, [.. Enumerable.Range(0, 1000).Select(i => i / 100)]);
        using CpuDevice device = new(threads: 1); // All on this thread, so that all is counted.
        using CpuSimilarity similarity = new(device, rows);
        float[] queries = UnitRows.Of(9, Width, seed: 2);
        (int[] ids, float[] scores) = (new int[9 * 10], new float[9 * 10]);
        RowFilter filter = new() { First = 3, Count = 900, Categories = [0b1011] };
        similarity.Search(queries, 10, filter, ids, scores);

        long before = GC.GetAllocatedBytesForCurrentThread();
        similarity.Search(queries, 10, filter, ids, scores);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_answer_does_not_depend_on_the_threads()
    {
        using SimilarityRows rows = SimilarityRows.Pack(UnitRows.Of(5000, Width, seed: 1), Width, RowType.F32);
        float[] queries = UnitRows.Of(31, Width, seed: 2);

        (int[] Ids, float[] Scores)[] answers = [.. new[] { 1, 2, 7 }.Select(threads =>
        {
            using CpuDevice device = new(threads);
            using CpuSimilarity similarity = new(device, rows);
            (int[] ids, float[] scores) = (new int[31 * 20], new float[31 * 20]);
            similarity.Search(queries, 20, default, ids, scores);
            return (ids, scores);
        })];

        Assert.All(answers, answer => Assert.Equal(answers[0].Ids, answer.Ids));
        Assert.All(answers, answer => Assert.Equal(answers[0].Scores, answer.Scores));
    }

    [Fact]
    public void More_queries_than_are_searched_together_give_what_each_gives_alone()
    {
        const int wide = 2000; // 384 KB hold 48 queries of this width.
        using SimilarityRows rows = SimilarityRows.Pack(UnitRows.Of(130, wide, seed: 1), wide, RowType.F32);
        using CpuDevice device = new(threads: 2);
        using CpuSimilarity similarity = new(device, rows);
        float[] queries = UnitRows.Of(101, wide, seed: 2);
        (int[] ids, float[] scores) = (new int[101 * 3], new float[101 * 3]);

        similarity.Search(queries, 3, default, ids, scores);

        for (int b = 0; b < 101; b++)
        {
            (int[] alone, float[] aloneScores) = (new int[3], new float[3]);
            similarity.Search(queries.AsSpan(b * wide, wide), 3, default, alone, aloneScores);
            Assert.Equal(alone, ids.AsSpan(b * 3, 3));
            Assert.Equal(aloneScores, scores.AsSpan(b * 3, 3));
        }
    }

    [Fact]
    public void A_row_that_is_not_finite_is_named_when_it_is_packed()
    {
        float[] values = UnitRows.Of(70, Width, seed: 1);
        values[(66 * Width) + 5] = float.NaN;

        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => SimilarityRows.Pack(values, Width, RowType.F32));

        Assert.Contains("Row 66 ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused_with_the_numbers()
    {
        using SimilarityRows rows = SimilarityRows.Pack(UnitRows.Of(10, Width, seed: 1), Width, RowType.F32);
        using CpuDevice device = new(threads: 1);
        using CpuSimilarity similarity = new(device, rows);
        float[] queries = UnitRows.Of(2, Width, seed: 2);

        Assert.Contains("47 values", Refused(queries.AsSpan(0, 47), 1, default, 2), StringComparison.Ordinal);
        Assert.Contains("3 ids", Refused(queries, 2, default, 3), StringComparison.Ordinal);
        Assert.Contains(
            "know no category", Refused(queries, 1, new() { Categories = [1] }, 2), StringComparison.Ordinal);
        Assert.Contains("5 to 11", Refused(queries, 1, new() { First = 5, Count = 6 }, 2), StringComparison.Ordinal);
        Assert.Contains("65", Refused(queries, 65, default, 130), StringComparison.Ordinal);

        string Refused(ReadOnlySpan<float> asked, int neighbours, RowFilter filter, int room)
        {
            try
            {
                similarity.Search(asked, neighbours, filter, new int[room], new float[room]);
            }
            catch (ArgumentException refused)
            {
                return refused.Message;
            }

            return "nothing was refused";
        }
    }
}
