using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Engine.Options;

namespace Engine.Index.Sources;

/// <summary>Embeddings in a .npy or .npz file, row i being what the i-th entry of a json says.</summary>
/// <remarks>Both files are read side by side, a row at a time; memory does not grow with them.</remarks>
public sealed class NpySource : IEmbeddingSource
{
    private const int LabelBytesMax = 64 << 10;
    private const int EntriesMax = 1024;

    private readonly NpySourceOptions _options;
    private readonly FileStream _file;
    private readonly ZipArchive? _archive;
    private readonly Stream _array;
    private readonly NpyRows _rows;

    private NpySource(NpySourceOptions options, FileStream file)
    {
        (_options, _file) = (options, file);
        Span<byte> start = stackalloc byte[2];
        bool isZip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start.SequenceEqual("PK"u8);
        file.Position = 0;
        (_array, long length) = (file, file.Length);
        if (isZip)
        {
            _archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            ZipArchiveEntry entry = Entry(_archive, options);
            (_array, length) = (entry.Open(), entry.Length);
        }

        _rows = NpyRows.Open(_array, length, options.EmbeddingsFile);
    }

    /// <inheritdoc/>
    public long? RowsMax => _rows.Header.Rows;

    /// <summary>Numbers a row.</summary>
    public int Width => _rows.Header.Width;

    /// <inheritdoc/>
    public SourceProblems Problems { get; } = new();

    /// <summary>Reads the header.</summary>
    /// <param name="options">Where the files are.</param>
    /// <returns>The source; owned by the caller.</returns>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="InvalidDataException">The file is no array that is read, or of another length.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static NpySource Open(NpySourceOptions options)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        FileStream file = new(options.EmbeddingsFile, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new NpySource(options, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RealEmbedding> ReadAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        await using FileStream ids = new(_options.IdsFile, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using JsonWalker walker = new(ids, _options.IdsFile, LabelBytesMax);
        Begin(walker);
        EmbeddingLabel label = default;
        JsonStep step = (ref Utf8JsonReader reader) =>
        {
            bool isWhole = walker.TryWhole(ref reader, out ReadOnlySpan<byte> text);
            label = isWhole ? EmbeddingLabel.Read(text) : default;
            return isWhole;
        };
        while (Next(walker, step) is { } next)
        {
            stopping.ThrowIfCancellationRequested();
            if (next.Kind == JsonNext.TooLarge)
            {
                Problems.Add(SourceFault.TooLarge, walker.Where, $"more than {LabelBytesMax} bytes");
            }
            else if (label.Id is null || label.Category is null)
            {
                Problems.Add(SourceFault.WrongField, walker.Where, "no object with \"id\" and \"category\"");
            }
            else if (!NpyRows.IsUsable(next.Row))
            {
                Problems.Add(SourceFault.EmbeddingValue, walker.Where, "its row is all zero or has no finite number");
            }
            else
            {
                yield return new RealEmbedding(label.Id, label.Category, next.Row);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _array.DisposeAsync().ConfigureAwait(false);
        _archive?.Dispose();
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, NpySourceOptions options)
    {
        if (archive.Entries.Count > EntriesMax)
        {
            throw new InvalidDataException(
                $"{options.EmbeddingsFile}: {archive.Entries.Count} arrays; at most {EntriesMax} are looked through.");
        }

        return archive.GetEntry($"{options.Array}.npy") ?? throw new InvalidDataException(
            $"{options.EmbeddingsFile}: no array \"{options.Array}\"; it holds "
            + $"{string.Join(", ", archive.Entries.Take(10).Select(entry => entry.FullName))}.");
    }

    private static void Begin(JsonWalker walker)
    {
        JsonTokenType first = walker.Token();
        while (first == JsonTokenType.StartObject)
        {
            if (walker.Token() != JsonTokenType.PropertyName)
            {
                throw walker.Fatal("the file has no \"rows\"");
            }

            if (walker.Text == "rows")
            {
                walker.BeginArray("rows");
                return;
            }

            walker.Skip();
        }

        walker.Section = first == JsonTokenType.StartArray
            ? "rows"
            : throw walker.Fatal("the file must hold an array, or an object with one as \"rows\"");
    }

    // The next entry with its row; null when both end together.
    private (JsonNext Kind, float[] Row)? Next(JsonWalker walker, JsonStep step)
    {
        JsonNext kind = walker.Next(step);
        float[]? row = _rows.Next();
        return (kind == JsonNext.End) == (row is null)
            ? row is null ? null : (kind, row)
            : throw walker.Fatal(
                $"the array has {_rows.Header.Rows} rows; the ids end at {walker.Index} or go on beyond them");
    }
}
