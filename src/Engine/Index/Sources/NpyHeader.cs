using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Index.Sources;

/// <summary>What a .npy file says of itself: rows of floats. Source: NEP 1, versions 1.0 to 3.0 of the format.
/// </summary>
/// <param name="Type">The kind of numbers.</param>
/// <param name="Rows">Rows; 1 for an array of one dimension.</param>
/// <param name="Width">Numbers a row, 1 to 65,536.</param>
/// <param name="HeaderBytes">Bytes before the first number.</param>
public readonly partial record struct NpyHeader(NpyType Type, long Rows, int Width, int HeaderBytes)
{
    private const int TextBytesMax = 64 << 10;
    private const int WidthMax = 65_536;

    /// <summary>Bytes of one row.</summary>
    public int RowBytes => Width * Type switch { NpyType.F16 => 2, NpyType.F32 => 4, _ => 8 };

    /// <summary>Bytes of the whole file.</summary>
    public Int128 FileBytes => HeaderBytes + ((Int128)Rows * RowBytes);

    /// <summary>Reads a header and leaves the stream on the first number.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <exception cref="InvalidDataException">It is no .npy file, or of a kind that is not read.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[12];
        Fill(stream, start[..10], name);
        if (start[0] != 0x93 || !start[1..].StartsWith("NUMPY"u8))
        {
            throw new InvalidDataException($"{name}: byte 0: it does not begin as a .npy file does.");
        }

        int version = start[6];
        long textBytes = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        int before = 10;
        if (version is 2 or 3)
        {
            Fill(stream, start[10..], name);
            (textBytes, before) = (BinaryPrimitives.ReadUInt32LittleEndian(start[8..]), 12);
        }

        if (version is < 1 or > 3 || textBytes > TextBytesMax)
        {
            throw new InvalidDataException(
                $"{name}: byte 6: version {version} with a header of {textBytes} bytes; versions 1 to 3 with at most "
                + $"{TextBytesMax} bytes are read.");
        }

        byte[] text = new byte[textBytes];
        Fill(stream, text, name);
        return Parse(Encoding.UTF8.GetString(text).Trim(), before + text.Length, name);
    }

    private static NpyHeader Parse(string text, int headerBytes, string name)
    {
        (Match type, Match order) = (TypeText().Match(text), OrderText().Match(text));
        Match shape = ShapeText().Match(text);
        if (!text.StartsWith('{') || !text.EndsWith('}') || !type.Success || !order.Success || !shape.Success)
        {
            throw new InvalidDataException(
                $"{name}: the header has no descr, fortran_order or shape of the usual form.");
        }

        if (order.Groups[1].Value == "True")
        {
            throw new InvalidDataException($"{name}: the array is in Fortran order; save it in C order.");
        }

        NpyType? kind = type.Groups[1].Value switch
        {
            "<f2" => NpyType.F16,
            "<f4" => NpyType.F32,
            "<f8" => NpyType.F64,
            _ => null,
        };
        string[] sides = shape.Groups[1].Value.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long rows = 1;
        bool isFit = kind is not null && sides.Length is 1 or 2;
        isFit = isFit && (sides.Length == 1 || long.TryParse(sides[0], CultureInfo.InvariantCulture, out rows));
        int width = 0;
        isFit = isFit && int.TryParse(sides[^1], CultureInfo.InvariantCulture, out width);
        return isFit && rows >= 0 && width is >= 1 and <= WidthMax
            ? new NpyHeader(kind!.Value, rows, width, headerBytes)
            : throw new InvalidDataException(
                $"{name}: an array of {type.Groups[1].Value} and shape ({shape.Groups[1].Value}); rows of 1 to "
                + $"{WidthMax} numbers of <f2, <f4 or <f8 are read.");
    }

    private static void Fill(Stream stream, Span<byte> bytes, string name)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException($"{name}: the file ends within its header.");
        }
    }

    [GeneratedRegex("'descr'\\s*:\\s*'([^']{1,16})'")]
    private static partial Regex TypeText();

    [GeneratedRegex("'fortran_order'\\s*:\\s*(True|False)")]
    private static partial Regex OrderText();

    [GeneratedRegex("'shape'\\s*:\\s*\\(([0-9, ]{1,64})\\)")]
    private static partial Regex ShapeText();
}
