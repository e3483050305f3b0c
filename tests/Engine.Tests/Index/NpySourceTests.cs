using Engine.Index.Sources;
using Tests.Shared;

namespace Engine.Tests.Index;

public sealed class NpySourceTests : IDisposable
{
    private const string Ids = """[{"id": "a", "category": "otter"}, {"id": 7, "category": "owl", "more": [1]}]""";

    private static readonly byte[] Data = EmbeddingFiles.Floats(1, 2, 3, 4, 5, 6);

    private readonly TempFolder _folder = new();

    public static TheoryData<byte[], string> Wrong => new()
    {
        { [], "ends within its header" },
        { "no array at all"u8.ToArray(), "does not begin as a .npy file does" },
        { EmbeddingFiles.Npy("(2, 3)", Data)[..40], "ends within its header" },
        { EmbeddingFiles.Npy("(2, 3)", Data)[..^1], "make 152 bytes; it has 151" },
        { EmbeddingFiles.Npy("(2, 3)", [.. Data, 0]), "make 152 bytes; it has 153" },
        { EmbeddingFiles.Npy("(3, 3)", Data), "3 rows of 3 numbers" },
        { EmbeddingFiles.Npy("(9000000000000000000, 60000)", Data), "9000000000000000000 rows" },
        { EmbeddingFiles.Npy("(90000000000000000000, 3)", Data), "are read" },
        { EmbeddingFiles.Npy("(2, 65537)", Data), "are read" },
        { EmbeddingFiles.Npy("(2, 0)", Data), "are read" },
        { EmbeddingFiles.Npy("(1, 2, 3)", Data), "are read" },
        { EmbeddingFiles.Npy("(-2, 3)", Data), "of the usual form" },
        { EmbeddingFiles.Npy("()", Data), "of the usual form" },
        { EmbeddingFiles.Npy("(2, 3)", Data, type: "<i4"), "an array of <i4" },
        { EmbeddingFiles.Npy("(2, 3)", Data, type: ">f4"), "an array of >f4" },
        { EmbeddingFiles.Npy("(2, 3)", Data, type: "|O"), "an array of |O" },
        { EmbeddingFiles.Npy("(2, 3)", Data, order: "True"), "Fortran order" },
        { EmbeddingFiles.Npy("(2, 3)", Data, order: "None"), "of the usual form" },
        { EmbeddingFiles.Npy("(2, 3)", Data, version: 4), "version 4" },
        { EmbeddingFiles.Npy("(2, 3)", Data, version: 2, textBytes: uint.MaxValue), "a header of 4294967295 bytes" },
        { EmbeddingFiles.Zip(("other.npy", Data)), "no array \"embeddings\"; it holds other.npy" },
        { EmbeddingFiles.Zip(("embeddings.npy", EmbeddingFiles.Npy("(3, 3)", Data))), "3 rows of 3 numbers" },
        { [.. "PK"u8, 1, 2, 3], "" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    public async Task Rows_come_with_their_ids(byte version, bool isZip)
    {
        byte[] npy = EmbeddingFiles.Npy("(2, 3)", Data, version: version);

        (List<RealEmbedding> rows, NpySource source) = await ReadAsync(
            isZip ? EmbeddingFiles.Zip(("embeddings.npy", npy)) : npy, Ids);

        Assert.Equal((2, 3, 0), (source.RowsMax, source.Width, source.Problems.Total));
        Assert.Equal([("a", "otter"), ("7", "owl")], rows.Select(row => (row.Id, row.Category)));
        Assert.Equal([4, 5, 6], rows[1].Point);
    }

    [Fact]
    public async Task Halves_and_doubles_are_read_too()
    {
        byte[] halves = [.. new[] { 1f, 2f }.SelectMany(value => BitConverter.GetBytes((Half)value))];
        byte[] doubles = [.. new[] { 1d, 2d }.SelectMany(BitConverter.GetBytes)];
        string ids = """{"made": "by hand", "rows": [{"id": "a", "category": "otter"}]}""";

        (List<RealEmbedding> half, _) = await ReadAsync(EmbeddingFiles.Npy("(1, 2)", halves, "<f2"), ids);
        (List<RealEmbedding> full, _) = await ReadAsync(EmbeddingFiles.Npy("(2,)", doubles, "<f8"), ids);

        Assert.Equal([1, 2], half[0].Point);
        Assert.Equal([1, 2], full[0].Point);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Wrong_array_is_refused_before_a_row_is_read(byte[] file, string words)
    {
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(file, Ids));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"id": "a", "category": "otter"}]""")]
    [InlineData("""[{"id": "a", "category": "o"}, {"id": "b", "category": "o"}, {"id": "c", "category": "o"}]""")]
    [InlineData("""{"ids": []}""")]
    [InlineData("7")]
    [InlineData("""[{"id": "a", "category": "otter"},""")]
    public async Task Ids_that_do_not_fit_the_array_are_refused(string ids)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(EmbeddingFiles.Npy("(2, 3)", Data), ids));
    }

    [Fact]
    public async Task Wrong_rows_are_counted_and_the_others_stay()
    {
        byte[] data = EmbeddingFiles.Floats(1, 1, 0, 0, float.NaN, 1, 1, 1, 2, 2);
        string good = """{"id": "a", "category": "otter"}""";

        (List<RealEmbedding> rows, NpySource source) = await ReadAsync(
            EmbeddingFiles.Npy("(5, 2)", data), $$"""[{{good}}, {{good}}, {{good}}, {"id": "a"}, {{good}}]""");

        Assert.Equal([1f, 2f], rows.Select(row => row.Point[0]));
        Assert.Equal(2, source.Problems.Count(SourceFault.EmbeddingValue));
        Assert.Equal(1, source.Problems.Count(SourceFault.WrongField));
        Assert.Contains("rows[3]", source.Problems.Listed[2], StringComparison.Ordinal);
    }

    private async Task<(List<RealEmbedding> Rows, NpySource Source)> ReadAsync(byte[] file, string ids)
    {
        await File.WriteAllBytesAsync(_folder.File("e"), file);
        await File.WriteAllTextAsync(_folder.File("ids.json"), ids);
        await using NpySource source = NpySource.Open(
            new() { EmbeddingsFile = _folder.File("e"), IdsFile = _folder.File("ids.json") });
        return (await source.ReadAsync(CancellationToken.None).ToListAsync(), source);
    }
}
