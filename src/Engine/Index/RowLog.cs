using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kernels.Checksums;
using Microsoft.Win32.SafeHandles;

namespace Engine.Index;

/// <summary>The rows of a build that is under way, in the order they were made: what a build goes on from after it was
/// killed.</summary>
/// <remarks>
/// A record is u32 length, u32 CRC-32C of what follows, i64 category id, [D] f32, the id in UTF-8. What does not check
/// at the end was torn by the kill and is cut off. The file begins with 32 bytes that name model, recipe and width.
/// </remarks>
internal sealed class RowLog : IDisposable
{
    private const int HeadBytes = 8;
    private const int IdBytesMax = 1024;

    private readonly SafeFileHandle _file;
    private readonly int _width;
    private readonly List<LoggedRow> _rows = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private long _end;

    private RowLog(SafeFileHandle file, int width) => (_file, _width) = (file, width);

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<LoggedRow> Rows => _rows;

    /// <summary>Opens or makes the log of a build.</summary>
    /// <exception cref="IndexFileException">It is of a build with another model, recipe or width.</exception>
    public static RowLog Open(string path, IndexBuildOptions options)
    {
        byte[] name = SHA256.HashData(Encoding.UTF8.GetBytes(
            $"1\n{options.EmbedderRevision}\n{options.Recipe}\n{options.Width}"));
        RowLog log = new(
            File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), options.Width);
        try
        {
            log.Load(path, name);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Whether a row of this id is there.</summary>
    public bool Has(string id) => _ids.Contains(id);

    /// <summary>Adds a row.</summary>
    public void Add(string id, long categoryId, ReadOnlySpan<float> row)
    {
        byte[] record = new byte[HeadBytes + 8 + (4 * _width) + Encoding.UTF8.GetByteCount(id)];
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(HeadBytes), categoryId);
        MemoryMarshal.AsBytes(row).CopyTo(record.AsSpan(HeadBytes + 8));
        Encoding.UTF8.GetBytes(id, record.AsSpan(HeadBytes + 8 + (4 * _width)));
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Crc32C.Of(record.AsSpan(HeadBytes)));
        RandomAccess.Write(_file, record, _end);
        Keep(id, categoryId);
        _end += record.Length;
    }

    /// <summary>Reads a row's values.</summary>
    public void Read(LoggedRow row, Span<float> values)
    {
        if (RandomAccess.Read(_file, MemoryMarshal.AsBytes(values), row.ValuesAt) != values.Length * sizeof(float))
        {
            throw new IOException($"The row '{row.Id}' can no longer be read from the build's log.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Load(string path, byte[] name)
    {
        byte[] found = new byte[name.Length];
        if (RandomAccess.Read(_file, found, 0) < name.Length)
        {
            RandomAccess.SetLength(_file, 0);
            RandomAccess.Write(_file, name, 0);
        }
        else if (!found.AsSpan().SequenceEqual(name))
        {
            throw new IndexFileException(
                path, "it is an unfinished build with another model, recipe or width; delete it to begin anew");
        }

        _end = name.Length;
        byte[] record = new byte[HeadBytes + 8 + (4 * _width) + IdBytesMax];
        while (ReadRecord(record) is { } length)
        {
            ReadOnlySpan<byte> body = record.AsSpan(HeadBytes, length);
            Keep(
                Encoding.UTF8.GetString(body[(8 + (4 * _width))..]),
                BinaryPrimitives.ReadInt64LittleEndian(body));
            _end += HeadBytes + length;
        }

        RandomAccess.SetLength(_file, _end);
    }

    private int? ReadRecord(byte[] record)
    {
        int read = RandomAccess.Read(_file, record, _end);
        int length = read < HeadBytes ? 0 : BinaryPrimitives.ReadInt32LittleEndian(record);
        bool whole = length >= 8 + (4 * _width) && length <= read - HeadBytes
            && Crc32C.Of(record.AsSpan(HeadBytes, length)) == BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4));
        return whole ? length : null;
    }

    private void Keep(string id, long categoryId)
    {
        _rows.Add(new LoggedRow(id, categoryId, _end + HeadBytes + 8));
        _ids.Add(id);
    }
}
