using System.Text.Json;

namespace Engine.Index;

/// <summary>What an index is made of, kept in it as JSON.</summary>
/// <param name="EmbedderRevision">The model that made the rows: a daemon with another one must not use them.</param>
/// <param name="Recipe">How pictures were prepared, for example <c>blur 10 px, padding 40 px</c>; another one moves
/// scores. <see cref="Engine.Crops.CropRecipe.Read"/> reads it.</param>
/// <param name="Source">Where the pictures came from, for people.</param>
/// <param name="Categories">The categories in the order of their rows.</param>
/// <param name="Skipped">What was left out, counted by reason.</param>
public sealed record IndexInfo(
    string EmbedderRevision, string Recipe, string Source, IReadOnlyList<IndexCategory> Categories,
    IReadOnlyDictionary<string, long> Skipped)
{
    /// <summary>Most bytes of the JSON: some hundred thousand categories.</summary>
    public const int BytesMax = 64 << 20;

    private static readonly JsonSerializerOptions Layout = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
    };

    /// <summary>201 quantiles, ascending, of how like its nearest other category a real picture is
    /// (<see cref="KnownBound"/>); null or empty where that was not computed.</summary>
    public IReadOnlyList<double>? NearestOther { get; init; }

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Layout);

    /// <summary>Reads it and checks the categories against the rows.</summary>
    /// <exception cref="IndexFileException">It is not such JSON, or the categories are not those of the rows.
    /// </exception>
    internal static IndexInfo Read(ReadOnlySpan<byte> bytes, IndexHeader header, string path)
    {
        IndexInfo info;
        try
        {
            info = JsonSerializer.Deserialize<IndexInfo>(bytes, Layout)
                ?? throw new IndexFileException(path, "its table is null");
        }
        catch (JsonException cause)
        {
            throw new IndexFileException(path, $"its table cannot be read: {cause.Message}");
        }

        int row = 0;
        foreach (IndexCategory category in info.Categories)
        {
            if (category.First != row || category.Count < 1 || category.Count > header.Rows - row)
            {
                throw new IndexFileException(
                    path, $"its category '{category.Name}' has {category.Count} rows from {category.First} on; row "
                        + $"{row} comes next");
            }

            row += category.Count;
        }

        return row == header.Rows && info.Categories.Count == header.Categories
            ? info
            : throw new IndexFileException(
                path, $"its {info.Categories.Count} categories hold {row} rows; the header says {header.Categories} "
                    + $"and {header.Rows}");
    }
}
