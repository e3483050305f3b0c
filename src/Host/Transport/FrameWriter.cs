using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Engine.Items;
using Engine.Pipeline.Deliver;
using MessagePack;

namespace Host.Transport;

/// <summary>Writes whole frames, prefix included, into a buffer. Not safe for several threads.</summary>
/// <remarks>Files of a sample are copied once, into the buffer, unless the output takes them from where they lie.
/// Methods return the frame's length in bytes.</remarks>
/// <param name="output">Where frames go; owned by the caller.</param>
public sealed class FrameWriter(IBufferWriter<byte> output)
{
    // Everything but the files, which are not copied twice. Its size is bounded by the bounds of the fields.
    private readonly ArrayBufferWriter<byte> _head = new(256);
    private readonly IFrameOutput? _lender = output as IFrameOutput;

    /// <summary>Writes a HELLO.</summary>
    /// <param name="hello">The frame.</param>
    /// <returns>Bytes written.</returns>
    public int Hello(HelloFrame hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        MessagePackWriter writer = Begin(FrameType.Hello, fields: 11);
        writer.Write(hello.Version);
        writer.Write(hello.Token);
        writer.Write(hello.Group);
        writer.Write(hello.Rank);
        writer.Write(hello.World);
        Write(ref writer, hello.Cursor);
        writer.Write(hello.StreamId);
        writer.Write(hello.CreditFrames);
        writer.Write(hello.CreditBytes);
        writer.Write(hello.ShuffleWindow);
        writer.Write(hello.ShuffleSeed);
        return End(ref writer);
    }

    /// <summary>Writes a WELCOME.</summary>
    /// <param name="welcome">The frame.</param>
    /// <returns>Bytes written.</returns>
    public int Welcome(WelcomeFrame welcome)
    {
        MessagePackWriter writer = Begin(FrameType.Welcome, fields: 6);
        writer.Write(welcome.Version);
        writer.Write(welcome.StreamId);
        writer.Write(welcome.Cursor);
        writer.Write(welcome.LastSequence);
        writer.Write(welcome.FrameBytesMax);
        writer.Write(welcome.HeartbeatSeconds);
        return End(ref writer);
    }

    /// <summary>Writes a CREDIT.</summary>
    /// <param name="credit">The frame.</param>
    /// <returns>Bytes written.</returns>
    public int Credit(CreditFrame credit)
    {
        MessagePackWriter writer = Begin(FrameType.Credit, fields: 2);
        writer.Write(credit.Frames);
        writer.Write(credit.Bytes);
        return End(ref writer);
    }

    /// <summary>Writes an ACK or a HEARTBEAT.</summary>
    /// <param name="type">Which of the two.</param>
    /// <param name="number">A position; in a server's HEARTBEAT a sequence.</param>
    /// <returns>Bytes written.</returns>
    public int Number(FrameType type, long number)
    {
        MessagePackWriter writer = Begin(type, fields: 1);
        writer.Write(number);
        return End(ref writer);
    }

    /// <summary>Writes a DEMAND.</summary>
    /// <param name="weights">By category, at most <see cref="WireLimits.DemandCategoriesMax"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Demand(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        MessagePackWriter writer = Begin(FrameType.Demand, fields: 2 * weights.Count);
        foreach ((string category, double weight) in weights)
        {
            writer.Write(category);
            writer.Write(weight);
        }

        return End(ref writer);
    }

    /// <summary>Writes a GOAWAY; a message that is too long is cut.</summary>
    /// <param name="away">The frame.</param>
    /// <returns>Bytes written.</returns>
    public int GoAway(GoAwayFrame away)
    {
        MessagePackWriter writer = Begin(FrameType.GoAway, fields: 3);
        writer.Write((int)away.Code);
        writer.WriteString(Cut(away.Message));
        Write(ref writer, away.ResumeCursor);
        return End(ref writer);
    }

    /// <summary>Writes a SAMPLE.</summary>
    /// <param name="at">The sample and its place.</param>
    /// <param name="payloadBytesMax">The longest payload the peer takes. In bytes.</param>
    /// <returns>Bytes written; 0, and nothing written, when the payload would be longer.</returns>
    public int Sample(PlacedSample at, int payloadBytesMax)
    {
        Sample sample = at.Sample;
        MessagePackWriter writer = Begin(FrameType.Sample, fields: 8);
        writer.Write(at.Sequence);
        writer.Write(at.Position);
        writer.Write(sample.Key);
        writer.Write(sample.Category);
        writer.Write(sample.ImageExtension);
        writer.WriteBinHeader(sample.Image.Length);
        int image = Length(ref writer);
        writer.WriteBinHeader(sample.MaskPng.Length);
        int mask = Length(ref writer);
        writer.WriteBinHeader(sample.Json.Length);
        int json = Length(ref writer);

        long length = (long)json + sample.Image.Length + sample.MaskPng.Length + sample.Json.Length;
        if (length > payloadBytesMax)
        {
            return 0;
        }

        ReadOnlySpan<byte> head = _head.WrittenSpan;
        WritePrefix((int)length);
        output.Write(head[..image]);
        Write(sample.Image);
        output.Write(head[image..mask]);
        Write(sample.MaskPng);
        output.Write(head[mask..json]);
        Write(sample.Json);
        return WireLimits.PrefixBytes + (int)length;
    }

    private void Write(ReadOnlyMemory<byte> file)
    {
        if (_lender is null)
        {
            output.Write(file.Span);
        }
        else
        {
            _lender.Lend(file);
        }
    }

    private static void Write(ref MessagePackWriter writer, long? number)
    {
        if (number is { } value)
        {
            writer.Write(value);
        }
        else
        {
            writer.WriteNil();
        }
    }

    /// <summary>Cuts at the last whole character that fits.</summary>
    private static ReadOnlySpan<byte> Cut(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        int end = Math.Min(bytes.Length, WireLimits.MessageBytesMax);
        while (end < bytes.Length && (bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return bytes.AsSpan(0, end);
    }

    private MessagePackWriter Begin(FrameType type, int fields)
    {
        _head.ResetWrittenCount();
        MessagePackWriter writer = new(_head);
        writer.WriteArrayHeader(fields + 1);
        writer.Write((int)type);
        return writer;
    }

    private int Length(ref MessagePackWriter writer)
    {
        writer.Flush();
        return _head.WrittenCount;
    }

    private int End(ref MessagePackWriter writer)
    {
        int length = Length(ref writer);
        WritePrefix(length);
        output.Write(_head.WrittenSpan);
        return WireLimits.PrefixBytes + length;
    }

    private void WritePrefix(int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(WireLimits.PrefixBytes), (uint)length);
        output.Advance(WireLimits.PrefixBytes);
    }
}
