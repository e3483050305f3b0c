using System.Formats.Tar;
using System.IO.Compression;

namespace Engine.Runtimes.Library;

/// <summary>A zip or tar archive, held in memory: entries are never written to disk, so their paths lead
/// nowhere.</summary>
internal sealed class ArchiveSource : ILibrarySource
{
    private const long BytesTotalMax = 4L << 30;

    private static readonly string[] Endings = [".zip", ".tar", ".tar.gz", ".tgz"];

    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private long _bytes;

    private ArchiveSource()
    {
    }

    public static bool IsArchive(string path) =>
        Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    public static ArchiveSource Open(string path, int filesMax, long fileBytesMax)
    {
        ArchiveSource source = new();
        using FileStream file = File.OpenRead(path);
        if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            source.ReadZip(file, filesMax, fileBytesMax);
        }
        else if (path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase))
        {
            source.ReadTar(file, filesMax, fileBytesMax);
        }
        else
        {
            using GZipStream unzipped = new(file, CompressionMode.Decompress);
            source.ReadTar(unzipped, filesMax, fileBytesMax);
        }

        return source;
    }

    public IReadOnlyList<string> List(int filesMax) => [.. _files.Keys.Take(filesMax + 1)];

    public byte[] Read(string path, long bytesMax) => _files[path];

    public void Dispose() => _files.Clear();

    private void ReadZip(FileStream file, int filesMax, long fileBytesMax)
    {
        using ZipArchive archive = new(file, ZipArchiveMode.Read);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.Length > 0)
            {
                using Stream content = entry.Open();
                Keep(entry.FullName, content, filesMax, fileBytesMax);
            }
        }
    }

    private void ReadTar(Stream file, int filesMax, long fileBytesMax)
    {
        using TarReader archive = new(file);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                && entry.DataStream is { } content)
            {
                Keep(entry.Name, content, filesMax, fileBytesMax);
            }
        }
    }

    /// <summary>Reads by what comes out, not by what the archive declares: a small one may unpack to any
    /// size.</summary>
    private void Keep(string name, Stream content, int filesMax, long fileBytesMax)
    {
        byte[] buffer = new byte[64 * 1024];
        using MemoryStream kept = new();
        for (int read = content.Read(buffer); read > 0; read = content.Read(buffer))
        {
            kept.Write(buffer, 0, read);
            if (kept.Length > fileBytesMax)
            {
                throw new IOException($"{name} has more than {fileBytesMax} bytes");
            }
        }

        _bytes += kept.Length;
        if (_bytes > BytesTotalMax || _files.Count > filesMax)
        {
            throw new IOException($"the archive holds more than {BytesTotalMax} bytes or {filesMax} files");
        }

        _files[name.Replace('\\', '/')] = kept.ToArray();
    }
}
