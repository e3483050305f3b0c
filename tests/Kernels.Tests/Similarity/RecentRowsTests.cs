using FsCheck;
using FsCheck.Fluent;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.Similarity;

/// <summary>Goal: at any moment a search sees exactly the newest rows, never more than the bound. Method: any stream of
/// rows, held against a list from which the oldest is taken.</summary>
public sealed class RecentRowsTests : IDisposable
{
    private const int Width = 12;

    private readonly CpuDevice _device = new(threads: 2);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(RowType.F32)]
    [InlineData(RowType.F16)]
    [InlineData(RowType.I8)]
    public void Room_is_zero_even_where_freed_memory_held_something_else(RowType type)
    {
        for (int i = 0; i < 20; i++)
        {
            SimilarityRows.Pack(UnitRows.Of(RowBlocks.BlockRows, 500, seed: i), 500, type).Dispose();
            using SimilarityRows room = SimilarityRows.Room(RowBlocks.BlockRows, 500, type);
            for (int row = 0; row < RowBlocks.BlockRows; row++)
            {
                float[] values = new float[500];
                room.Read(row, values);
                Assert.All(values, value => Assert.Equal(0f, value));
            }
        }
    }

    [Fact]
    public void A_search_sees_the_newest_rows_and_no_other() => Prop.ForAll(
        Gen.Choose(1, 150).ToArbitrary(), Gen.Choose(0, 400).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(),
        (max, entered, seed) =>
        {
            using RecentRows rows = new(_device, Width, max);
            List<(int Place, int Category, float[] Values)> model = [];
            float[] values = UnitRows.Of(entered + 20, Width, seed);
            for (int i = 0; i < entered; i++)
            {
                float[] row = values[(i * Width)..((i + 1) * Width)];
                model.Add((rows.Enter(row, i % 40), i % 40, row));
                if (model.Count > max)
                {
                    Assert.Equal(model[0].Place, model[^1].Place); // The oldest gave way.
                    model.RemoveAt(0);
                }

                Assert.Equal(model.Count, rows.Count);
            }

            Assert.Equal(Math.Max(0, entered - max), rows.Forgotten);
            for (int i = entered; i < entered + 20; i++)
            {
                float[] query = values[(i * Width)..((i + 1) * Width)];
                Check(rows, model, query, i % 45);
                Check(rows, model, query, -1);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    [Fact]
    public void Nothing_is_found_among_none_and_no_number_is_near_nothing()
    {
        using RecentRows rows = new(_device, 2, 4);

        Assert.Equal((-1, float.NegativeInfinity), rows.Nearest([1, 0], -1));
        Assert.Equal((-1, float.NegativeInfinity), rows.Nearest([1, 0], 100_000));
        Assert.Equal((-1, float.NaN), rows.Nearest([float.NaN, 0], -1));
        Assert.Throws<ArgumentException>(() => rows.Enter([float.NaN, 0], 0));
        Assert.Equal(0, rows.Count);
    }

    private static void Check(
        RecentRows rows, List<(int Place, int Category, float[] Values)> model, float[] query, int category)
    {
        (int place, float score) = rows.Nearest(query, category);
        (int Place, double Score)[] all =
        [
            .. model.Where(row => category < 0 || row.Category == category)
                .Select(row => (row.Place, row.Values.Zip(query).Sum(pair => (double)(Half)pair.First * pair.Second))),
        ];
        if (all.Length == 0)
        {
            Assert.Equal(-1, place);
            return;
        }

        Assert.Equal(all.Max(one => one.Score), score, 1e-5);
        Assert.Equal(all.Single(one => one.Place == place).Score, score, 1e-5);
    }
}
