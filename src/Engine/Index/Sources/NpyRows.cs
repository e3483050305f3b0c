using System.Buffers.Binary;

namespace Engine.Index.Sources;

/// <summary>Reads the rows of a .npy file one after the other.</summary>
internal sealed class NpyRows
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly byte[] _bytes;
    private long _read;

    /// <summary>Begins at the first row.</summary>
    /// <param name="stream">Stands on the first number.</param>
    /// <param name="header">What was read of it.</param>
    /// <param name="name">Its name, for messages.</param>
    public NpyRows(Stream stream, NpyHeader header, string name) =>
        (_stream, Header, _name, _bytes) = (stream, header, name, new byte[header.RowBytes]);

    /// <summary>The shape.</summary>
    public NpyHeader Header { get; }

    /// <summary>Reads a header and checks the length it promises.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">It is no array that is read, or of another length.</exception>
    public static NpyRows Open(Stream stream, long length, string name)
    {
        NpyHeader header = NpyHeader.Read(stream, name);
        return header.FileBytes == length
            ? new NpyRows(stream, header, name)
            : throw new InvalidDataException(
                $"{name}: {header.Rows} rows of {header.Width} numbers make {header.FileBytes} bytes; it has {length}"
                + ".");
    }

    /// <summary>Reads the next row.</summary>
    /// <returns>[width] f32; null after the last row.</returns>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public float[]? Next()
    {
        if (_read == Header.Rows)
        {
            return null;
        }

        if (_stream.ReadAtLeast(_bytes, _bytes.Length, throwOnEndOfStream: false) < _bytes.Length)
        {
            throw new InvalidDataException($"{_name}: the file ends within row {_read} of {Header.Rows}.");
        }

        _read++;
        float[] row = new float[Header.Width];
        ReadOnlySpan<byte> bytes = _bytes;
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Header.Type switch
            {
                NpyType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]),
                NpyType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * 8)..]),
            };
        }

        return row;
    }

    /// <summary>Whether a point can be compared: all numbers finite, not all zero.</summary>
    public static bool IsUsable(ReadOnlySpan<float> point)
    {
        bool hasLength = false;
        foreach (float value in point)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }

            hasLength |= value != 0;
        }

        return hasLength;
    }
}
