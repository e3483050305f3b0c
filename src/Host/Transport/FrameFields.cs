using System.Buffers;
using System.Globalization;
using System.Text;
using MessagePack;

namespace Host.Transport;

/// <summary>
/// Reads the fields of one frame, each of one type with its bound. A list or a map where none belongs is
/// refused as it is met, so nothing here ever recurses or skips: a frame's depth is one.
/// </summary>
internal ref struct FrameFields
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySequence<byte> _payload;
    private readonly FrameType _type;
    private readonly int _count;
    private MessagePackReader _reader;

    private FrameFields(ReadOnlySequence<byte> payload, MessagePackReader reader, FrameType type, int count)
    {
        // Not by deconstruction: a tuple cannot hold a ref struct.
        _payload = payload;
        _reader = reader;
        _type = type;
        _count = count;
    }

    /// <summary>Reads which frame it is.</summary>
    /// <exception cref="WireFormatException">It is no frame, or one of a type unknown.</exception>
    public static FrameType TypeOf(ReadOnlySequence<byte> payload)
    {
        try
        {
            MessagePackReader reader = new(payload);
            if (reader.NextMessagePackType != MessagePackType.Array || reader.ReadArrayHeader() < 1)
            {
                throw Bad("The payload is not a MessagePack array with a type in front.");
            }

            ulong type = reader.ReadUInt64();
            return type is >= (ulong)FrameType.Hello and <= (ulong)FrameType.Demand
                ? (FrameType)type
                : throw new WireFormatException(GoAwayCode.UnexpectedFrame, $"Frame type {type} is unknown.");
        }
        catch (Exception bad) when (IsMalformed(bad))
        {
            throw Bad("The payload is not a MessagePack array with a type in front.");
        }
    }

    /// <summary>Opens a frame whose type is known.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="type">Its type.</param>
    /// <param name="fields">Fields after the type; neither fewer nor more.</param>
    public static FrameFields Open(ReadOnlySequence<byte> payload, FrameType type, int fields)
    {
        FrameFields opened = OpenAny(payload, type);
        return opened._count == fields + 1
            ? opened
            : throw Bad($"{type} has {opened._count} elements; it must have {fields + 1}.");
    }

    /// <summary>Opens a frame whose number of fields may be that of another version.</summary>
    public static FrameFields OpenAny(ReadOnlySequence<byte> payload, FrameType type)
    {
        MessagePackReader reader = new(payload);
        int count = reader.ReadArrayHeader();
        reader.ReadUInt64();
        return new FrameFields(payload, reader, type, count);
    }

    /// <summary>Elements after the type.</summary>
    public readonly int Count => _count - 1;

    public double Real(string field, double max)
    {
        double value;
        try
        {
            value = _reader.ReadDouble();
        }
        catch (Exception bad) when (IsMalformed(bad))
        {
            throw Bad($"{_type}.{field} is not a number.");
        }

        return value >= 0 && value <= max
            ? value
            : throw Bad(string.Create(
                CultureInfo.InvariantCulture, $"{_type}.{field} is {value}; it must be 0 to {max}."));
    }

    public long Number(string field, long max)
    {
        ulong value;
        try
        {
            value = _reader.ReadUInt64();
        }
        catch (Exception bad) when (IsMalformed(bad))
        {
            throw Bad($"{_type}.{field} is not an unsigned integer.");
        }

        return value <= (ulong)max ? (long)value : throw Bad($"{_type}.{field} is {value}; it must be 0 to {max}.");
    }

    public long? NumberOrNil(string field, long max) => IsNil() ? null : Number(field, max);

    public string? TextOrNil(string field, int bytesMax) => IsNil() ? null : Text(field, bytesMax);

    public string Text(string field, int bytesMax)
    {
        ReadOnlySequence<byte>? text;
        try
        {
            text = _reader.ReadStringSequence();
        }
        catch (Exception bad) when (IsMalformed(bad))
        {
            throw Bad($"{_type}.{field} is not a whole string.");
        }

        if (text is not { } bytes || bytes.Length > bytesMax)
        {
            throw Bad(text is null
                ? $"{_type}.{field} is nil; it must be a string."
                : $"{_type}.{field} has {text.Value.Length} bytes; it must have at most {bytesMax}.");
        }

        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad($"{_type}.{field} is not valid UTF-8.");
        }
    }

    /// <summary>Reads a file's bytes as a part of the payload; copies nothing.</summary>
    public ReadOnlySequence<byte> Binary(string field)
    {
        ReadOnlySequence<byte>? bytes;
        try
        {
            bytes = _reader.ReadBytes();
        }
        catch (Exception bad) when (IsMalformed(bad))
        {
            throw Bad($"{_type}.{field} is not a whole binary.");
        }

        return bytes ?? throw Bad($"{_type}.{field} is nil; it must be a binary.");
    }

    /// <summary>Refuses what follows the last field.</summary>
    public readonly void End()
    {
        if (_reader.Consumed != _payload.Length)
        {
            throw Bad($"{_type} has {_payload.Length - _reader.Consumed} bytes after its last element.");
        }
    }

    /// <summary>What the reader throws for bytes that are wrong: the last one for a length of 2 GiB or more, which it
    /// takes for a negative number and finds out of range only when it cuts.</summary>
    private static bool IsMalformed(Exception bad) => bad
        is MessagePackSerializationException or EndOfStreamException or OverflowException
        or ArgumentOutOfRangeException;

    private static WireFormatException Bad(string message) => new(GoAwayCode.Malformed, message);

    private bool IsNil()
    {
        try
        {
            return _reader.TryReadNil();
        }
        catch (EndOfStreamException)
        {
            throw Bad($"{_type} ends before its last element.");
        }
    }
}
