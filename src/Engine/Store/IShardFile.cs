namespace Engine.Store;

/// <summary>One open shard.</summary>
internal interface IShardFile : IDisposable
{
    /// <summary>The file's length now.</summary>
    long LengthBytes { get; }

    /// <summary>Writes at an offset; may write less than it was given, as pwrite may.</summary>
    /// <returns>Bytes written, 1 to the span's length.</returns>
    int Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads at an offset.</summary>
    /// <returns>Bytes read; 0 at the file's end.</returns>
    int Read(Span<byte> bytes, long offset);

    /// <summary>Makes all bytes written so far durable (fsync).</summary>
    void Flush();

    /// <summary>Cuts the file.</summary>
    void Truncate(long lengthBytes);
}
