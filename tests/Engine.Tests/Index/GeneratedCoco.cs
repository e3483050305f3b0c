using System.Globalization;
using System.Text;

namespace Engine.Tests.Index;

/// <summary>A json of any number of annotations that is made while it is read; every annotation has one length, so any
/// place of it can be made at once.</summary>
internal sealed class GeneratedCoco : Stream
{
    private const int Images = 1000;

    private readonly long _annotations;
    private readonly Action<long>? _onRead;
    private readonly byte[] _head;
    private readonly byte[] _tail;
    private readonly int _recordBytes;

    public GeneratedCoco(long annotations, Action<long>? onRead = null)
    {
        (_annotations, _onRead) = (annotations, onRead);
        IEnumerable<string> images = Enumerable.Range(0, Images).Select(i =>
            $$"""{"id":{{1000 + i}},"coco_url":"http://host/train2017/{{1000 + i}}.jpg","width":640,"height":480}""");
        _head = Encoding.UTF8.GetBytes(
            "{\"images\":[" + string.Join(',', images) + "],\"annotations\":[");
        _tail = "],\"categories\":[{\"id\":1,\"name\":\"otter\",\"frequency\":\"c\"}]}"u8.ToArray();
        _recordBytes = Record(0).Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _head.Length + (_annotations * _recordBytes) + _tail.Length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        _onRead?.Invoke(Position);
        int done = 0;
        while (done < buffer.Length && Position < Length)
        {
            ReadOnlySpan<byte> piece = Piece();
            int count = Math.Min(piece.Length, buffer.Length - done);
            piece[..count].CopyTo(buffer[done..]);
            (done, Position) = (done + count, Position + count);
        }

        return done;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private ReadOnlySpan<byte> Piece()
    {
        if (Position < _head.Length)
        {
            return _head.AsSpan((int)Position);
        }

        (long record, long at) = Math.DivRem(Position - _head.Length, _recordBytes);
        return record < _annotations
            ? Record(record).AsSpan((int)at)
            : _tail.AsSpan((int)(Position - _head.Length - (_annotations * _recordBytes)));
    }

    private static byte[] Record(long i)
    {
        StringBuilder text = new(i == 0 ? " " : ",");
        text.Append(CultureInfo.InvariantCulture, $$"""{"id":{{100_000_000 + i}},"image_id":{{1000 + (i % Images)}},""")
            .Append("\"category_id\":1,\"bbox\":[1.5,1.5,3,3],\"area\":9.5,\"segmentation\":[[");
        for (int point = 0; point < 40; point++)
        {
            text.Append(point == 0 ? "" : ",")
                .Append(CultureInfo.InvariantCulture, $"{100 + point}.25,{300 - point}.75");
        }

        return Encoding.UTF8.GetBytes(text.Append(",150.5,100.5]]}").ToString());
    }
}
