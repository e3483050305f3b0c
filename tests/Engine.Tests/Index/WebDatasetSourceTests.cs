using Engine.Index.Sources;
using Tests.Shared;

namespace Engine.Tests.Index;

public sealed class WebDatasetSourceTests : IDisposable
{
    private static readonly byte[] Point = EmbeddingFiles.Npy("(2,)", EmbeddingFiles.Floats(1, 2));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Members_of_one_key_are_one_embedding()
    {
        (List<RealEmbedding> rows, WebDatasetSource source) = await ReadAsync(EmbeddingFiles.Tar(
            ("x/001.npy", Point), ("x/001.json", """{"id": 5, "category": "otter"}"""u8.ToArray()),
            ("x/002.cls", "owl\n"u8.ToArray()), ("x/002.jpg", [1]), ("x/002.npy", Point),
            ("readme.txt", [1])));

        Assert.Equal(0, source.Problems.Total);
        Assert.Equal([("5", "otter"), ("x/002", "owl")], rows.Select(row => (row.Id, row.Category)));
        Assert.All(rows, row => Assert.Equal([1, 2], row.Point));
    }

    [Fact]
    public async Task Wrong_samples_are_counted_and_the_others_stay()
    {
        byte[] owl = "owl"u8.ToArray();

        (List<RealEmbedding> rows, WebDatasetSource source) = await ReadAsync(EmbeddingFiles.Tar(
            ("1.npy", Point), ("1.cls", owl),
            ("2.npy", Point),
            ("3.cls", owl),
            ("4.npy", [1, 2, 3]), ("4.cls", owl),
            ("5.npy", Point), ("5.json", "{\"id\": "u8.ToArray()),
            ("6.npy", EmbeddingFiles.Npy("(1,)", EmbeddingFiles.Floats(1))), ("6.cls", owl),
            ("7.npy", EmbeddingFiles.Npy("(2,)", EmbeddingFiles.Floats(0, 0))), ("7.cls", owl),
            ("8.npy", new byte[2 << 20]), ("8.cls", owl),
            ("9.npy", Point), ("9.cls", owl)));

        Assert.Equal(["1", "9"], rows.Select(row => row.Id));
        Assert.Equal(4, source.Problems.Count(SourceFault.WrongField));
        Assert.Equal(1, source.Problems.Count(SourceFault.EmbeddingWidth));
        Assert.Equal(1, source.Problems.Count(SourceFault.EmbeddingValue));
        Assert.Equal(1, source.Problems.Count(SourceFault.TooLarge));
    }

    [Fact]
    public async Task Broken_tar_is_refused_or_read_and_nothing_else()
    {
        byte[] tar = EmbeddingFiles.Tar(("1.npy", Point), ("1.cls", "owl"u8.ToArray()));
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            byte[] broken = [.. tar.AsSpan(0, random.Next(1, tar.Length))];
            for (int flip = random.Next(4); flip > 0; flip--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            Exception? failed = await Record.ExceptionAsync(() => ReadAsync(broken));

            Assert.True(failed is null or InvalidDataException, $"seed {seed}: {failed}");
        }
    }

    private async Task<(List<RealEmbedding> Rows, WebDatasetSource Source)> ReadAsync(byte[] tar)
    {
        await File.WriteAllBytesAsync(_folder.File("a.tar"), tar);
        await using WebDatasetSource source = new([_folder.File("a.tar")]);
        return (await source.ReadAsync(CancellationToken.None).ToListAsync(), source);
    }
}
