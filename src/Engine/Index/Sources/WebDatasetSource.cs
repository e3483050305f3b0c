using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Embeddings in WebDataset shards: tar files of key.npy with key.json or key.cls, side by side.</summary>
/// <remarks>Only the members of one key are in memory at a time. Members with other endings are passed over.</remarks>
public sealed class WebDatasetSource : IEmbeddingSource
{
    private const int MemberBytesMax = 1 << 20;

    private readonly IReadOnlyList<string> _shards;
    private int _width;

    /// <summary>Names the shards; nothing is read yet.</summary>
    /// <param name="shards">Tar files, read in this order.</param>
    public WebDatasetSource(IReadOnlyList<string> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        _shards = shards;
    }

    /// <inheritdoc/>
    public long? RowsMax => null;

    /// <inheritdoc/>
    public SourceProblems Problems { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<RealEmbedding> ReadAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        foreach (string shard in _shards)
        {
            await using FileStream file = new(shard, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using TarReader tar = new(file, leaveOpen: true);
            WebDatasetMembers? members = null;
            while (Next(tar, shard, stopping) is { } entry)
            {
                string key = WebDatasetMembers.KeyOf(entry.Name);
                if (members is not null && members.Key != key && Finish(members) is { } done)
                {
                    yield return done;
                }

                members = members?.Key == key ? members : new WebDatasetMembers(shard, key);
                Take(members, entry);
            }

            if (members is not null && Finish(members) is { } last)
            {
                yield return last;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The next file of the shard. The reader has many words for a broken tar; here they are one.
    private static TarEntry? Next(TarReader tar, string shard, CancellationToken stopping)
    {
        try
        {
            TarEntry? entry;
            do
            {
                stopping.ThrowIfCancellationRequested();
                entry = tar.GetNextEntry();
            }
            while (entry is not null && entry.DataStream is null);
            return entry;
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException or FormatException
            or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new InvalidDataException($"{shard}: the tar is broken: {cause.Message}", cause);
        }
    }

    private void Take(WebDatasetMembers members, TarEntry entry)
    {
        string ending = Path.GetExtension(entry.Name).ToLowerInvariant();
        if (ending is not (".npy" or ".json" or ".cls"))
        {
            return;
        }

        if (entry.Length > MemberBytesMax)
        {
            members.IsTooLarge = true;
            Problems.Add(SourceFault.TooLarge, $"{members.Shard}:{entry.Name}", $"{entry.Length} bytes");
            return;
        }

        byte[] bytes = new byte[entry.Length];
        if (entry.DataStream!.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException($"{members.Shard}: the tar ends within {entry.Name}.");
        }

        (members.Npy, members.Json, members.Class) = ending switch
        {
            ".npy" => (bytes, members.Json, members.Class),
            ".json" => (members.Npy, bytes, members.Class),
            _ => (members.Npy, members.Json, Encoding.UTF8.GetString(bytes).Trim()),
        };
    }

    private RealEmbedding? Finish(WebDatasetMembers members)
    {
        if (members.IsTooLarge || members is { Npy: null, Json: null, Class: null })
        {
            return null; // counted already, or of no concern here
        }

        string where = $"{members.Shard}:{members.Key}";
        EmbeddingLabel label;
        float[]? point;
        try
        {
            label = members.Label();
            point = members.Point();
        }
        catch (Exception cause) when (cause is InvalidDataException or JsonException)
        {
            Problems.Add(SourceFault.WrongField, where, cause.Message);
            return null;
        }

        if (label.Category is null || point is null)
        {
            Problems.Add(SourceFault.WrongField, where, "a .npy of one row and a category are needed");
            return null;
        }

        _width = _width == 0 ? point.Length : _width;
        SourceFault? fault = point.Length != _width ? SourceFault.EmbeddingWidth
            : NpyRows.IsUsable(point) ? null : SourceFault.EmbeddingValue;
        if (fault is { } reason)
        {
            Problems.Add(reason, where, $"{point.Length} numbers; the first embedding has {_width}");
            return null;
        }

        return new RealEmbedding(label.Id ?? members.Key, label.Category, point);
    }
}
