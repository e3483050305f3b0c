using Engine.Store;

namespace Engine.Tests.Store;

/// <summary>One shard of <see cref="FaultFiles"/>.</summary>
internal sealed class FaultFile(FaultFiles faults, string path, IShardFile disk) : IShardFile
{
    public long LengthBytes => disk.LengthBytes;

    public int Write(ReadOnlySpan<byte> bytes, long offset)
    {
        int taken = faults.OnWrite(path, bytes.Length, offset);
        return taken == 0 ? 0 : disk.Write(bytes[..taken], offset);
    }

    public int Read(Span<byte> bytes, long offset) => disk.Read(bytes, offset);

    public void Flush()
    {
        faults.OnFlush(path);
        disk.Flush();
        faults.AfterFlush(path);
    }

    public void Truncate(long lengthBytes)
    {
        faults.OnTruncate(path);
        disk.Truncate(lengthBytes);
    }

    public void Dispose() => disk.Dispose();
}
