using FsCheck;
using FsCheck.Fluent;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.Similarity;

/// <summary>
/// Goal: every implementation of <see cref="ISimilarity"/> gives the right rows, in the right order, with scores within
/// the bound of its header. Method: one body of laws and random problems (<see cref="SimilarityCase"/>), held against a
/// reference in double precision; a class an implementation says how it is opened, or skips.
/// </summary>
public abstract class SimilarityTests
{
    /// <summary>The types that the implementation knows.</summary>
    protected virtual IReadOnlyList<RowType> Types => [RowType.F32, RowType.F16, RowType.I8];

    /// <summary>Units of (D + 1) * 2^-24 * sum|query * row| that a score may be off by.</summary>
    protected virtual double Ulps => 1;

    /// <summary>Opens it; the test disposes what is given.</summary>
    /// <param name="rows">The rows; they live as long.</param>
    protected abstract ISimilarity Open(SimilarityRows rows);

    /// <summary>A query's value as the device multiplies it.</summary>
    /// <param name="value">The value.</param>
    protected virtual float AsMultiplied(float value) => value;

    [Fact]
    public void Every_answer_is_right_within_the_rounding_bound()
    {
        // Without a device it skips here: FsCheck knows no skip.
        Check(new SimilarityCase(1, 1, 1, 1, Types[0], Seed: 1));

        Prop.ForAll(SimilarityCase.Any(Types), problem => Check(problem)).Check(
            Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Theory]
    [Trait("oclgrind", "yes")]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 130, 19, 5)]
    [InlineData(3, 65, 33, 64)]
    [InlineData(33, 200, 17, 3)]
    public void A_small_search_of_every_type_is_right(int queries, int rows, int width, int neighbours)
    {
        foreach (RowType type in Types)
        {
            Check(new SimilarityCase(queries, rows, width, neighbours, type, Seed: 5) { CopyEvery = 3 });
            Check(new SimilarityCase(queries, rows, width, neighbours, type, Seed: 6)
            {
                First = rows / 3, Count = rows / 2, Categories = [0xAAAAAAAA, 1],
            });
        }
    }

    [Fact]
    public void Many_rows_and_more_queries_than_one_launch_takes_are_right()
    {
        Check(new SimilarityCase(2, 20_000, 24, 20, Types[^1], Seed: 1));
        Check(new SimilarityCase(1030, 70, 4, 2, Types[^1], Seed: 2));
    }

    [Fact]
    public void Among_equal_rows_the_lower_numbers_come_first_in_every_split()
    {
        foreach (RowType type in Types)
        {
            float[] same = [.. Enumerable.Repeat(0.5f, 3000 * 4)];
            using SimilarityRows rows = SimilarityRows.Pack(same, 4, type);
            using ISimilarity similarity = Open(rows);
            int[] ids = new int[64];

            similarity.Search([0.5f, 0.5f, 0.5f, 0.5f], 64, new() { First = 100 }, ids, new float[64]);

            Assert.Equal(Enumerable.Range(100, 64), ids);
        }
    }

    [Fact]
    public void A_query_that_is_not_finite_is_reported_and_harms_no_other()
    {
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            SimilarityCase problem = new(20, 150, 37, 4, Types[0], Seed: 3);
            using SimilarityRows rows = problem.MakeRows();
            using ISimilarity similarity = Open(rows);
            float[] queries = problem.MakeQueries();
            (int[] ids, float[] scores) = (new int[20 * 4], new float[20 * 4]);
            (int[] clean, float[] cleanScores) = (new int[20 * 4], new float[20 * 4]);
            similarity.Search(queries, 4, default, clean, cleanScores);
            queries[(7 * 37) + 36] = bad;

            similarity.Search(queries, 4, default, ids, scores);

            Assert.All(ids[28..32], id => Assert.Equal(-1, id));
            Assert.All(scores[28..32], score => Assert.Equal(float.NaN, score));
            Assert.Equal(clean[..28], ids[..28]);
            Assert.Equal(clean[32..], ids[32..]);
            Assert.Equal(cleanScores[32..], scores[32..]);
        }
    }

    [Fact]
    public void A_filter_that_nothing_passes_finds_nothing()
    {
        SimilarityCase problem = new(3, 128, 8, 5, Types[0], Seed: 4);
        using SimilarityRows rows = problem.MakeRows();
        using ISimilarity similarity = Open(rows);
        (int[] ids, float[] scores) = (new int[15], new float[15]);

        foreach (int first in (int[])[0, 64, 128])
        {
            similarity.Search(problem.MakeQueries(), 5, new() { First = first, Count = 0 }, ids, scores);

            Assert.All(ids, id => Assert.Equal(-1, id));
            Assert.All(scores, score => Assert.Equal(float.NegativeInfinity, score));
        }
    }

    [Fact]
    public void Rows_of_zero_score_zero_and_are_found()
    {
        foreach (RowType type in Types)
        {
            using SimilarityRows rows = SimilarityRows.Pack(new float[70 * 3], 3, type);
            using ISimilarity similarity = Open(rows);
            (int[] ids, float[] scores) = (new int[2], new float[2]);

            similarity.Search([1, 0, 0], 2, default, ids, scores);

            Assert.Equal([0, 1], ids);
            Assert.Equal([0, 0], scores);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void More_or_fewer_neighbours_than_the_bounds_are_refused(int neighbours) =>
        Refused<ArgumentOutOfRangeException>(8, neighbours, default, neighbours);

    [Theory]
    [InlineData(7, 2)]
    [InlineData(0, 2)]
    [InlineData(8, 3)]
    public void Lengths_that_do_not_fit_are_refused(int values, int room) =>
        Refused<ArgumentException>(values, 2, default, room);

    [Fact]
    public void A_range_outside_the_rows_is_refused() =>
        Refused<ArgumentOutOfRangeException>(8, 2, new() { First = 60, Count = 20 }, 2);

    [Fact]
    public void Categories_that_the_rows_do_not_know_are_refused() =>
        Refused<ArgumentException>(8, 2, new() { Categories = [1] }, 2);

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(130)]
    public void Rows_written_one_by_one_answer_as_if_they_had_been_packed(int count)
    {
        foreach (RowType type in Types)
        {
            SimilarityCase problem = new(3, count, 19, 5, type, Seed: 9);
            float[] values = UnitRows.Of(count, 19, seed: 10);
            int[] categories = [.. Enumerable.Range(0, count).Select(row => row % 3)];
            using SimilarityRows packed = SimilarityRows.Pack(values, 19, type, categories);
            using SimilarityRows written = SimilarityRows.Room(count, 19, type);
            for (int row = 0; row < count; row++)
            {
                written.Write(row, UnitRows.Of(1, 19, seed: 11), category: 0); // Overwritten below.
            }

            using (ISimilarity expected = Open(packed))
            using (ISimilarity actual = Open(written))
            {
                foreach (int row in Enumerable.Range(0, count).Reverse())
                {
                    written.Write(row, values.AsSpan(row * 19, 19), categories[row]);
                    actual.Update(written, row);
                }

                Assert.Equal(Answer(expected, problem, [0xFFFF]), Answer(actual, problem, [0xFFFF]));
                Assert.Equal(Answer(expected, problem, [2]), Answer(actual, problem, [2]));
            }
        }
    }

    [Fact]
    public void A_row_that_is_none_of_them_or_not_finite_is_refused()
    {
        using SimilarityRows rows = SimilarityRows.Room(70, 4, Types[0]);
        using SimilarityRows other = SimilarityRows.Room(71, 4, Types[0]);
        using SimilarityRows packed = SimilarityRows.Pack(new float[70 * 4], 4, Types[0]);
        using ISimilarity similarity = Open(rows);

        Assert.Throws<ArgumentException>(() => similarity.Update(other, 0));
        Assert.Throws<ArgumentException>(() => similarity.Update(rows, 70));
        Assert.Throws<ArgumentException>(() => rows.Write(0, [float.NaN, 0, 0, 0], 0));
        Assert.Throws<ArgumentException>(() => rows.Write(0, [1, 0, 0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Write(70, [1, 0, 0, 0], 0));
        Assert.Throws<InvalidOperationException>(() => packed.Write(0, [1, 0, 0, 0], 0));
    }

    private static (int Id, float Score)[] Answer(ISimilarity similarity, SimilarityCase problem, uint[] categories)
    {
        (int[] ids, float[] scores) = (new int[15], new float[15]);
        similarity.Search(problem.MakeQueries(), 5, new() { Categories = categories }, ids, scores);
        return [.. ids.Zip(scores)];
    }

    private void Refused<T>(int values, int neighbours, RowFilter filter, int room)
        where T : Exception
    {
        using SimilarityRows rows = SimilarityRows.Pack(new float[70 * 8], 8, Types[0]);
        using ISimilarity similarity = Open(rows);
        T? refused = null;
        try
        {
            similarity.Search(new float[values], neighbours, filter, new int[room], new float[room]);
        }
        catch (T exception) // RowFilter is a ref struct: no lambda can take it.
        {
            refused = exception;
        }

        Assert.NotNull(refused);
    }

    private void Check(SimilarityCase problem)
    {
        using SimilarityRows rows = problem.MakeRows();
        using ISimilarity similarity = Open(rows);
        float[] queries = problem.MakeQueries();
        int[] ids = new int[problem.Queries * problem.Neighbours];
        float[] scores = new float[ids.Length];

        similarity.Search(queries, problem.Neighbours, problem.Filter, ids, scores);

        SimilarityLaw law = new(rows, Ulps);
        for (int query = 0; query < problem.Queries; query++)
        {
            float[] values = [.. queries.AsSpan(query * problem.Width, problem.Width).ToArray().Select(AsMultiplied)];
            Range answer = (query * problem.Neighbours)..((query + 1) * problem.Neighbours);
            law.Check(values, problem.Filter, ids.AsSpan()[answer], scores.AsSpan()[answer]);
        }
    }
}
