using System.Buffers.Binary;
using Kernels.Checksums;
using Kernels.Similarity;

namespace Engine.Index;

/// <summary>The first 4096 bytes of an index file: what the rest is and where. docs/spec/index.md has the layout.
/// </summary>
internal sealed record IndexHeader(
    RowType Type, int Rows, int Width, int Categories, IReadOnlyList<(long Offset, long Length)> Sections)
{
    public const int SizeBytes = 4096; // A page; every section starts on a multiple of it.
    public const int ChecksumBlockBytes = 1 << 20;
    public const int Version = 1;

    private const ulong Magic = 0x0A_58_45_44_4E_49_57_48; // "HWINDEX\n"
    private const int SectionsAt = 40;
    private const int ChecksumAt = SizeBytes - 4;

    /// <summary>The section's place.</summary>
    public (long Offset, long Length) this[IndexSection section] => Sections[(int)section];

    /// <summary>Bytes of the whole file.</summary>
    public long FileBytes => this[IndexSection.Checksums].Offset + this[IndexSection.Checksums].Length;

    /// <summary>Lays the sections out for so many rows.</summary>
    public static IndexHeader Plan(RowType type, int rows, int width, int categories, long idBytes, long infoBytes)
    {
        List<(long, long)> sections = [];
        long at = SizeBytes;
        foreach (IndexSection section in Enum.GetValues<IndexSection>())
        {
            long length = section switch
            {
                IndexSection.IdBytes => idBytes,
                IndexSection.Info => infoBytes,
                IndexSection.Checksums => ChecksumsBytes(at),
                _ => FixedLength(section, type, rows, width, categories),
            };
            sections.Add((at, length));
            at += (length + SizeBytes - 1) / SizeBytes * SizeBytes;
        }

        return new IndexHeader(type, rows, width, categories, sections);
    }

    /// <summary>Writes it.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        int[] numbers =
            [Version, (int)Type, Rows, Width, Categories, RowBlocks.BlockRows, ChecksumBlockBytes, Sections.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 + (4 * i)), numbers[i]);
        }

        for (int i = 0; i < Sections.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SectionsAt + (16 * i)), Sections[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(SectionsAt + (16 * i) + 8), Sections[i].Length);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Crc32C.Of(bytes.AsSpan(0, ChecksumAt)));
        return bytes;
    }

    /// <summary>Reads it, and believes nothing that the file's length or the other numbers contradict.</summary>
    /// <exception cref="IndexFileException">It is not the header of a whole index of a known version.</exception>
    public static IndexHeader Read(ReadOnlySpan<byte> bytes, long fileBytes, string path)
    {
        if (bytes.Length < SizeBytes || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic)
        {
            throw new IndexFileException(path, fileBytes < SizeBytes
                ? $"it has {fileBytes} bytes; the header alone has {SizeBytes}"
                : "it does not begin as an index file does");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != Version)
        {
            throw new IndexFileException(path, $"it has format version {version}; this program reads {Version}. "
                + (version > Version ? "Update the program, or build the index anew" : "Build the index anew"));
        }

        if (Crc32C.Of(bytes[..ChecksumAt]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]))
        {
            throw new IndexFileException(path, "the checksum of its header is wrong");
        }

        IndexHeader header = Numbers(bytes, path);
        if (header.FileBytes != fileBytes)
        {
            throw new IndexFileException(
                path, $"it has {fileBytes} bytes; its header says {header.FileBytes}, so it was cut or added to");
        }

        return header;
    }

    private static IndexHeader Numbers(ReadOnlySpan<byte> bytes, string path)
    {
        int[] numbers = new int[8];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(8 + (4 * i))..]);
        }

        (int type, int rows, int width, int categories) = (numbers[1], numbers[2], numbers[3], numbers[4]);
        if (type is < 0 or > 2 || rows < 1 || width is < 1 or > RowBlocks.WidthMax || categories < 1
            || categories > rows || (long)categories * width > int.MaxValue / sizeof(float)
            || numbers[5] != RowBlocks.BlockRows || numbers[6] != ChecksumBlockBytes
            || numbers[7] != Enum.GetValues<IndexSection>().Length)
        {
            throw new IndexFileException(path, $"its header's numbers are impossible: {string.Join(", ", numbers)}");
        }

        long idBytes = BinaryPrimitives.ReadInt64LittleEndian(LengthOf(bytes, IndexSection.IdBytes));
        long infoBytes = BinaryPrimitives.ReadInt64LittleEndian(LengthOf(bytes, IndexSection.Info));
        if (idBytes is < 0 or > 1L << 40 || infoBytes is < 0 or > IndexInfo.BytesMax)
        {
            throw new IndexFileException(path, $"its ids have {idBytes} bytes and its table {infoBytes}");
        }

        // All other places follow from the numbers, so they are computed, not read.
        return Plan((RowType)type, rows, width, categories, idBytes, infoBytes);
    }

    private static ReadOnlySpan<byte> LengthOf(ReadOnlySpan<byte> bytes, IndexSection section) =>
        bytes[(SectionsAt + (16 * (int)section) + 8)..];

    private static long FixedLength(IndexSection section, RowType type, int rows, int width, int categories) =>
        section switch
        {
            IndexSection.Values => RowBlocks.Bytes(rows, width, type),
            IndexSection.Scales => type == RowType.I8
                ? (long)RowBlocks.Blocks(rows) * RowBlocks.BlockRows * sizeof(float)
                : 0,
            IndexSection.CategoryOf => (long)rows * sizeof(int),
            IndexSection.IdOffsets => ((long)rows + 1) * sizeof(long),
            _ => (long)categories * width * sizeof(float),
        };

    private static long ChecksumsBytes(long end) =>
        (end - SizeBytes + ChecksumBlockBytes - 1) / ChecksumBlockBytes * sizeof(uint);
}
