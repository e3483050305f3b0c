using System.Formats.Tar;
using System.IO.Compression;

namespace Engine.Runtimes.Library;

/// <summary>The pictures of a zip or tar archive, held in memory: entries are never written to disk, so their paths
/// lead nowhere.</summary>
internal sealed class ArchiveSource : ILibrarySource
{
    private static readonly string[] Endings = [".zip", ".tar", ".tar.gz", ".tgz"];

    // A picture larger than a picture may be is null: it is refused when it is asked for, as in a folder.
    private readonly SortedDictionary<string, byte[]?> _pictures = new(StringComparer.Ordinal);
    private readonly LibraryOptions _options;
    private long _bytes;

    private ArchiveSource(LibraryOptions options) => _options = options;

    public static bool IsArchive(string path) =>
        Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads an archive.</summary>
    /// <exception cref="IOException">It cannot be read, or holds more pictures or bytes than allowed.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ArchiveSource Open(LibraryOptions options)
    {
        ArchiveSource source = new(options);
        using FileStream file = File.OpenRead(options.Source);
        try
        {
            source.ReadAll(file);
            return source;
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{options.Source} is a damaged archive: {cause.Message}", cause);
        }
    }

    public IReadOnlyList<string> List(int picturesMax) => [.. _pictures.Keys.Take(picturesMax + 1)];

    public byte[] Read(string path, long bytesMax) => _pictures[path] is { } picture && picture.Length <= bytesMax
        ? picture
        : throw new IOException($"{path} has more than {bytesMax} bytes, the most that are read");

    public void Dispose() => _pictures.Clear();

    private void ReadAll(FileStream file)
    {
        if (file.Name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            ReadZip(file);
        }
        else if (file.Name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase))
        {
            ReadTar(file);
        }
        else
        {
            using GZipStream unzipped = new(file, CompressionMode.Decompress);
            ReadTar(unzipped);
        }
    }

    private void ReadZip(FileStream file)
    {
        using ZipArchive archive = new(file, ZipArchiveMode.Read);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => LibraryNames.IsPicture(entry.FullName)))
        {
            using Stream content = entry.Open();
            Keep(entry.FullName, content);
        }
    }

    private void ReadTar(Stream file)
    {
        using TarReader archive = new(file);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && LibraryNames.IsPicture(entry.Name))
            {
                Keep(entry.Name, entry.DataStream ?? Stream.Null);
            }
        }
    }

    /// <summary>Reads by what comes out, not by what the archive declares: a small one may unpack to any
    /// size.</summary>
    private void Keep(string name, Stream content)
    {
        byte[] buffer = new byte[64 * 1024];
        using MemoryStream kept = new();
        int read = content.Read(buffer);
        for (; read > 0 && kept.Length <= _options.Limits.BytesMax; read = content.Read(buffer))
        {
            kept.Write(buffer, 0, read);
        }

        string path = name.Replace('\\', '/');
        path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path; // as tar -C folder . writes them
        _pictures[path] = kept.Length <= _options.Limits.BytesMax ? kept.ToArray() : null;
        _bytes += _pictures[path]?.Length ?? 0;
        if (_bytes > _options.ArchiveBytesMax || _pictures.Count > _options.EntriesMax)
        {
            throw new IOException(
                $"{_options.Source} holds more than {_options.ArchiveBytesMax} bytes (archive_bytes_max) or "
                + $"{_options.EntriesMax} pictures (entries_max)");
        }
    }
}
