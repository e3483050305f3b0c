using System.IO.MemoryMappedFiles;
using System.Text;
using Engine.Items;
using Kernels.CategoryMean;
using Kernels.Checksums;
using Kernels.Similarity;

namespace Engine.Index;

/// <summary>An open index of real pictures: mapped, not read, so opening takes no longer for many rows than for few.
/// </summary>
public sealed unsafe class RealIndex : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly IndexHeader _header;
    private readonly Dictionary<string, int> _byName;

    private RealIndex(
        string path, IndexHeader header, IndexInfo info, MemoryMappedFile map, MemoryMappedViewAccessor view,
        byte* start)
    {
        (Path, _header, Info, _map, _view) = (path, header, info, map, view);
        _start = start;
        Rows = SimilarityRows.Over(
            header.Rows, header.Width, header.Type, Address(IndexSection.Values),
            header.Type == RowType.I8 ? Address(IndexSection.Scales) : 0, Address(IndexSection.CategoryOf));
        Means = new CategoryMeans(
            header.Width, Section<float>(IndexSection.Means).ToArray(),
            [.. info.Categories.Select(category => category.First)],
            [.. info.Categories.Select(category => category.Count)]);
        Directions = new CategoryDirections(Means);
        _byName = [];
        for (int i = 0; i < info.Categories.Count; i++)
        {
            _byName.TryAdd(CategoryName.Key(info.Categories[i].Name), i); // Of two of one name the first is meant.
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it is made of.</summary>
    public IndexInfo Info { get; }

    /// <summary>The rows, in the layout of the similarity; they live as long as this.</summary>
    public SimilarityRows Rows { get; }

    /// <summary>The mean row of each category, and its rows.</summary>
    public CategoryMeans Means { get; }

    /// <summary>The cosine to each category's mean row.</summary>
    public CategoryDirections Directions { get; }

    /// <summary>Bytes of the file.</summary>
    public long FileBytes => _header.FileBytes;

    /// <summary>Maps a file. The header and the table are checked, the rows are not: <see cref="FirstBadBlock"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The index; the caller disposes it, after whatever searches its rows.</returns>
    /// <exception cref="IndexFileException">It is not a whole index of a known version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RealIndex Open(string path)
    {
        long length = new FileInfo(path).Length;
        byte[] first = new byte[Math.Min(length, IndexHeader.SizeBytes)];
        using (FileStream file = File.OpenRead(path))
        {
            file.ReadExactly(first);
        }

        IndexHeader header = IndexHeader.Read(first, length, path);
        MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        MemoryMappedViewAccessor view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            (long at, long bytes) = header[IndexSection.Info];
            IndexInfo info = IndexInfo.Read(new ReadOnlySpan<byte>(start + at, (int)bytes), header, path);
            return new RealIndex(path, header, info, map, view, start);
        }
        catch
        {
            Close(map, view, start);
            throw;
        }
    }

    /// <summary>The position of a category in <see cref="IndexInfo.Categories"/>.</summary>
    /// <param name="name">Its name; case, and spaces against underscores, do not matter.</param>
    /// <returns>The position; -1 where the index has no such category.</returns>
    public int CategoryOf(string name) => _byName.GetValueOrDefault(CategoryName.Key(name), -1);

    /// <summary>The id of a row.</summary>
    /// <param name="row">0 to N - 1.</param>
    /// <exception cref="IndexFileException">The file's ids are damaged.</exception>
    public string IdOf(int row)
    {
        ReadOnlySpan<long> offsets = Section<long>(IndexSection.IdOffsets);
        (long from, long to) = (offsets[row], offsets[row + 1]);
        (long at, long bytes) = _header[IndexSection.IdBytes];
        return from >= 0 && to >= from && to <= bytes && to - from <= ushort.MaxValue
            ? Encoding.UTF8.GetString(_start + at + from, (int)(to - from))
            : throw new IndexFileException(Path, $"the id of row {row} lies from {from} to {to} of {bytes} bytes");
    }

    /// <summary>Reads all and compares the checksums.</summary>
    /// <param name="stopping">Ends it.</param>
    /// <returns>The first byte of the first block, of 1 MiB, that is not as it was written, and its length; null when
    /// all are.</returns>
    public (long Offset, int Length)? FirstBadBlock(CancellationToken stopping)
    {
        ReadOnlySpan<uint> checksums = Section<uint>(IndexSection.Checksums);
        long end = _header[IndexSection.Checksums].Offset;
        for (int block = 0; block < checksums.Length; block++)
        {
            stopping.ThrowIfCancellationRequested();
            long at = IndexHeader.SizeBytes + ((long)block * IndexHeader.ChecksumBlockBytes);
            int length = (int)Math.Min(IndexHeader.ChecksumBlockBytes, end - at);
            if (Crc32C.Of(new ReadOnlySpan<byte>(_start + at, length)) != checksums[block])
            {
                return (at, length);
            }
        }

        return null;
    }

    /// <summary>Unmaps the file.</summary>
    public void Dispose()
    {
        Rows.Dispose();
        Close(_map, _view, _start);
    }

    private static void Close(MemoryMappedFile map, MemoryMappedViewAccessor view, byte* start)
    {
        if (start != null)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }

        view.Dispose();
        map.Dispose();
    }

    private nint Address(IndexSection section) => (nint)(_start + _header[section].Offset);

    private ReadOnlySpan<T> Section<T>(IndexSection section)
        where T : unmanaged => new(_start + _header[section].Offset, (int)(_header[section].Length / sizeof(T)));
}
