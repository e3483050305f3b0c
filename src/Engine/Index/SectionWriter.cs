using System.Runtime.InteropServices;
using Kernels.Checksums;

namespace Engine.Index;

/// <summary>Writes the sections of an index one after the other, and the checksums of what it wrote.</summary>
internal sealed class SectionWriter(Stream file, IndexHeader header) : IDisposable
{
    private readonly List<uint> _checksums = [];
    private uint _checksum;
    private int _inBlock;
    private long _at;

    /// <summary>Leaves room for the header, which is written last: without it the file is no index.</summary>
    public void Start()
    {
        file.Write(new byte[IndexHeader.SizeBytes]);
        _at = IndexHeader.SizeBytes;
    }

    /// <summary>Writes values behind those before.</summary>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged => WriteBytes(MemoryMarshal.AsBytes(values));

    /// <summary>Fills up to where the next section starts.</summary>
    /// <exception cref="InvalidOperationException">The section is not as long as the header says.</exception>
    public void End(IndexSection section)
    {
        (long offset, long length) = header[section];
        if (_at != offset + length)
        {
            throw new InvalidOperationException(
                $"Section {section} ends at {_at}; the header says {offset + length}.");
        }

        int over = (int)(_at % IndexHeader.SizeBytes);
        WriteBytes(new byte[over == 0 ? 0 : IndexHeader.SizeBytes - over]);
    }

    /// <summary>Writes the checksums and the header.</summary>
    public void Finish()
    {
        if (_inBlock > 0)
        {
            _checksums.Add(_checksum);
        }

        file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_checksums)));
        file.Position = 0;
        file.Write(header.ToBytes());
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes);
        _at += bytes.Length;
        while (!bytes.IsEmpty)
        {
            int some = Math.Min(bytes.Length, IndexHeader.ChecksumBlockBytes - _inBlock);
            _checksum = Crc32C.Continue(_checksum, bytes[..some]);
            bytes = bytes[some..];
            _inBlock += some;
            if (_inBlock == IndexHeader.ChecksumBlockBytes)
            {
                _checksums.Add(_checksum);
                (_checksum, _inBlock) = (0, 0);
            }
        }
    }
}
