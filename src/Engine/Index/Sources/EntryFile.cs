using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Engine.Index.Sources;

/// <summary>Entries in a scratch file that is gone once closed, so that memory does not grow with annotations.
/// </summary>
internal sealed class EntryFile : IDisposable
{
    private const int Chunk = 2048;

    private static readonly int EntryBytes = Marshal.SizeOf<AnnotationEntry>();

    private readonly SafeFileHandle _file;
    private readonly AnnotationEntry[] _pending = new AnnotationEntry[Chunk];
    private int _pendingCount;
    private long _written;

    /// <summary>Makes an empty file.</summary>
    /// <param name="folder">Where; null is the system's folder for such files.</param>
    public EntryFile(string? folder) => _file = File.OpenHandle(
        Path.Combine(folder ?? Path.GetTempPath(), $"headwater-scratch-{Path.GetRandomFileName()}"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        FileOptions.DeleteOnClose);

    /// <summary>Entries appended.</summary>
    public long Count => _written + _pendingCount;

    /// <summary>Adds an entry at the end.</summary>
    public void Append(AnnotationEntry entry)
    {
        _pending[_pendingCount++] = entry;
        if (_pendingCount == Chunk)
        {
            Flush();
        }
    }

    /// <summary>Writes an entry at a place of its own.</summary>
    public void Put(long place, AnnotationEntry entry) => RandomAccess.Write(
        _file, MemoryMarshal.AsBytes(new ReadOnlySpan<AnnotationEntry>(in entry)), place * EntryBytes);

    /// <summary>Reads entries.</summary>
    /// <param name="place">The first one's place.</param>
    /// <param name="entries">Receives them; all must be there.</param>
    public void Read(long place, Span<AnnotationEntry> entries)
    {
        Flush();
        Span<byte> bytes = MemoryMarshal.AsBytes(entries);
        long at = place * EntryBytes;
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_file, bytes, at);
            bytes = read > 0 ? bytes[read..] : throw new IOException($"The scratch file ends at byte {at}.");
            at += read;
        }
    }

    /// <summary>All entries in their order, a chunk in memory at a time.</summary>
    public IEnumerable<AnnotationEntry> All()
    {
        AnnotationEntry[] chunk = new AnnotationEntry[Chunk];
        long count = Count;
        for (long place = 0; place < count; place += Chunk)
        {
            int length = (int)Math.Min(Chunk, count - place);
            Read(place, chunk.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                yield return chunk[i];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(_pending.AsSpan(0, _pendingCount)), _written * EntryBytes);
        (_written, _pendingCount) = (_written + _pendingCount, 0);
    }
}
