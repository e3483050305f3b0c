using Engine.Index;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: what is written into an index is what is read, and a damaged file is never taken for a whole one.
/// </summary>
public sealed class RealIndexTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RowType.F32, 0)]
    [InlineData(RowType.F16, 5e-4)]
    [InlineData(RowType.I8, 5e-3)]
    public void Rows_ids_categories_and_means_come_back(RowType type, double offMax)
    {
        TestIndex made = new(37, type, 1, 70, 129);
        string path = _folder.File("real.hwindex");

        made.Write(path);

        using RealIndex index = RealIndex.Open(path);
        float[] row = new float[37];
        for (int i = 0; i < made.Rows; i++)
        {
            index.Rows.Read(i, row);
            Assert.All(row.Zip(made.Values[(i * 37)..]), pair => Assert.Equal(pair.Second, pair.First, offMax));
            Assert.Equal(made.Id(i), index.IdOf(i));
        }

        Assert.Equal(made.Info.Categories, index.Info.Categories);
        Assert.Equal(made.Info.Skipped, index.Info.Skipped);
        Assert.Equal(1, index.CategoryOf("Thing 1"));
        Assert.Equal(-1, index.CategoryOf("another"));
        for (int c = 0; c < 3; c++)
        {
            IndexCategory category = index.Info.Categories[c];
            for (int d = 0; d < 37; d++)
            {
                double mean = Enumerable.Range(category.First, category.Count).Average(i => made.Values[(i * 37) + d]);
                Assert.Equal(mean, index.Means.MeanOf(c)[d], 1e-6);
            }
        }

        Assert.Null(index.FirstBadBlock(CancellationToken.None));
        Assert.False(File.Exists(path + ".part"));
    }

    [Fact]
    public void The_mapped_rows_are_searched_where_they_are()
    {
        TestIndex made = new(24, RowType.F16, 40, 60);
        made.Write(_folder.File("real.hwindex"));
        using RealIndex index = RealIndex.Open(_folder.File("real.hwindex"));
        using CpuDevice device = new(threads: 2);
        using ISimilarity similarity = SimilaritySearch.On(device, index.Rows);
        (int[] ids, float[] scores) = (new int[1], new float[1]);

        similarity.Search(made.Values.AsSpan(77 * 24, 24), 1, index.Means.RowsOf(1), ids, scores);

        Assert.Equal(77, ids[0]);
        Assert.Equal(1, scores[0], 1e-3);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_in_one_sentence()
    {
        string path = _folder.File("real.hwindex");
        new TestIndex(64, RowType.F32, 100, 200).Write(path);
        byte[] whole = File.ReadAllBytes(path);
        string cut = _folder.File("cut.hwindex");
        for (int length = 0; length < whole.Length; length += 4096)
        {
            File.WriteAllBytes(cut, whole[..length]);

            IndexFileException refused = Assert.Throws<IndexFileException>(() => RealIndex.Open(cut));

            Assert.Contains(length.ToString(), refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_flipped_byte_is_found_and_placed_in_its_block()
    {
        string path = _folder.File("real.hwindex");
        new TestIndex(600, RowType.F32, 1000).Write(path); // 2.4 MB: three blocks of checksums.
        byte[] whole = File.ReadAllBytes(path);
        Random random = new(3);
        for (int trial = 0; trial < 60; trial++)
        {
            int at = trial < 20 ? random.Next(4096) : random.Next(4096, whole.Length - 4096);
            byte[] bad = [.. whole];
            bad[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);

            (long Offset, int Length)? found = Verify(path, out bool refused);

            if (at < 4096)
            {
                Assert.True(refused, $"byte {at} of the header");
            }
            else
            {
                Assert.True(refused || (found is { } block && at >= block.Offset && at < block.Offset + block.Length),
                    $"byte {at} of {whole.Length}: {found}");
            }
        }
    }

    [Fact]
    public void A_newer_version_is_refused_by_its_number()
    {
        string path = _folder.File("real.hwindex");
        new TestIndex(8, RowType.F32, 3).Write(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[8] = 7;
        File.WriteAllBytes(path, bytes);

        Assert.Contains(
            "version 7; this program reads 1", Assert.Throws<IndexFileException>(() => RealIndex.Open(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_file_that_was_there()
    {
        string path = _folder.File("real.hwindex");
        TestIndex good = new(8, RowType.F32, 3);
        good.Write(path);
        byte[] before = File.ReadAllBytes(path);
        TestIndex bad = new(8, RowType.F32, 70);
        bad.Values[(66 * 8) + 1] = float.NaN;

        ArgumentException refused = Assert.Throws<ArgumentException>(() => bad.Write(path));

        Assert.Contains("Row 66", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    private static (long Offset, int Length)? Verify(string path, out bool refused)
    {
        try
        {
            using RealIndex index = RealIndex.Open(path);
            refused = false;
            return index.FirstBadBlock(CancellationToken.None);
        }
        catch (IndexFileException)
        {
            refused = true;
            return null;
        }
    }
}
