using Engine.Disk;
using Microsoft.Win32.SafeHandles;

namespace Engine.Store;

/// <summary>A shard on the disk.</summary>
internal sealed class DiskFile(string path, SafeFileHandle handle) : IShardFile
{
    public long LengthBytes => RandomAccess.GetLength(handle);

    public int Write(ReadOnlySpan<byte> bytes, long offset)
    {
        RandomAccess.Write(handle, bytes, offset);
        return bytes.Length;
    }

    public int Read(Span<byte> bytes, long offset) => RandomAccess.Read(handle, bytes, offset);

    public void Flush() => Durable.Flush(handle, path);

    public void Truncate(long lengthBytes) => RandomAccess.SetLength(handle, lengthBytes);

    public void Dispose() => handle.Dispose();
}
