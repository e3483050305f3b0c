using Engine.Index;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: a build gives one file, whatever its batches and however often it was killed.</summary>
public sealed class IndexBuilderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("real.hwindex");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_picture_becomes_a_row_of_its_category()
    {
        TestSource source = new(count: 100, categories: 7);

        IndexInfo info = await BuildAsync(source);

        using RealIndex index = RealIndex.Open(Path);
        Assert.Equal(100, index.Rows.Count);
        Assert.Equal(info.Categories, index.Info.Categories);
        float[] row = new float[TestSource.Width];
        for (int i = 0; i < 100; i++)
        {
            int number = int.Parse(index.IdOf(i)["picture ".Length..]);
            index.Rows.Read(i, row);
            Assert.Equal(TestSource.RowOf(number), row);
            Assert.Equal($"thing {number % 7}", index.Info.Categories[index.Rows.Categories[i]].Name);
        }

        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(64)]
    public async Task The_file_does_not_depend_on_the_batches(int batch)
    {
        await BuildAsync(new TestSource(100, 7), batch: 16);
        byte[] expected = File.ReadAllBytes(Path);

        await BuildAsync(new TestSource(100, 7), batch);

        Assert.Equal(expected, File.ReadAllBytes(Path));
    }

    [Fact]
    public async Task A_build_that_was_killed_goes_on_where_it_was()
    {
        await BuildAsync(new TestSource(200, 3));
        byte[] expected = File.ReadAllBytes(Path);
        File.Delete(Path);
        TestSource source = new(200, 3);
        foreach (int dies in new[] { 5, 60, 61, 40 })
        {
            source.DiesAfter = source.Embedded + dies;
            await Assert.ThrowsAsync<InvalidOperationException>(() => BuildAsync(source, batch: 10));
            Assert.False(File.Exists(Path));

            // What a kill in the middle of a write leaves: the end of a record is missing.
            using FileStream log = File.OpenWrite(Path + ".rows");
            log.SetLength(Math.Max(32, log.Length - 7));
        }

        source.DiesAfter = int.MaxValue;
        int before = source.Embedded;
        IndexProgress last = default;

        await BuildAsync(source, batch: 10, progress => last = progress);

        Assert.Equal(expected, File.ReadAllBytes(Path));
        Assert.True(last.Resumed > 100, $"{last}");
        Assert.Equal(200 - last.Resumed, source.Embedded - before);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_read_is_named_and_counted()
    {
        TestSource source = new(20, 2) { Unreadable = 13 };
        IndexBuilder builder = new(Options(8), source.EmbedAsync);

        IndexInfo info = await builder.BuildAsync(source.Source, _ => { }, CancellationToken.None);

        Assert.Equal(1, info.Skipped["unreadable"]);
        Assert.Equal("picture 00013: it ends too soon", Assert.Single(builder.SkippedNames));
        Assert.Equal(19, info.Categories.Sum(category => category.Count));
    }

    [Fact]
    public async Task A_log_of_another_model_is_refused()
    {
        TestSource source = new(20, 2) { DiesAfter = 12 };
        await Assert.ThrowsAsync<InvalidOperationException>(() => BuildAsync(source, batch: 4));
        IndexBuilder other = new(Options(4) with { EmbedderRevision = "another" }, source.EmbedAsync);

        IndexFileException refused = await Assert.ThrowsAsync<IndexFileException>(
            () => other.BuildAsync(source.Source, _ => { }, CancellationToken.None));

        Assert.Contains("another model", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_a_picture_makes_no_index()
    {
        await Assert.ThrowsAsync<IndexFileException>(() => BuildAsync(new TestSource(0, 2)));

        Assert.False(File.Exists(Path));
    }

    private Task<IndexInfo> BuildAsync(
        TestSource source, int batch = 16, Action<IndexProgress>? progress = null) =>
        new IndexBuilder(Options(batch), source.EmbedAsync)
            .BuildAsync(source.Source, progress ?? (_ => { }), CancellationToken.None);

    private IndexBuildOptions Options(int batch) =>
        new(Path, "model-1", "none", TestSource.Width, batch) { Type = RowType.F32 };
}
