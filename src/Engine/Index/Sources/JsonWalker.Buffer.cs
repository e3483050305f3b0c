using System.Buffers;
using System.Text.Json;

namespace Engine.Index.Sources;

internal sealed partial class JsonWalker
{
    private const int FirstBytes = 256 << 10;

    private readonly Stream _stream;
    private readonly string _name;
    private readonly int _elementBytesMax;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private JsonReaderState _state;
    private long _base; // the file's byte that stands at _buffer[0]
    private long _linesBefore; // line ends before it
    private int _start; // read up to here
    private int _end; // filled up to here
    private bool _isEnd;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    // Runs a step, with more text each time, until it is done. False: it would need more than an element may take.
    private bool Advance(JsonStep step)
    {
        while (true)
        {
            Utf8JsonReader reader = new(_buffer.AsSpan(_start, _end - _start), _isEnd, _state);
            try
            {
                if (step(ref reader))
                {
                    _start += (int)reader.BytesConsumed;
                    _state = reader.CurrentState;
                    return true;
                }
            }
            catch (JsonException cause)
            {
                throw Fatal(_start + (int)reader.BytesConsumed, Reason(cause));
            }

            if (_isEnd)
            {
                throw Fatal(_end, "the file ends here, before its json does");
            }

            if (_end - _start >= _elementBytesMax)
            {
                return false;
            }

            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _linesBefore += _buffer.AsSpan(0, _start).Count((byte)'\n');
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_base, _end, _start) = (_base + _start, _end - _start, 0);
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Return();
            _buffer = larger;
        }

        bool isFirst = _base + _end == 0;
        int read = _stream.ReadAtLeast(_buffer.AsSpan(_end), isFirst ? Utf8Mark.Length : 1, throwOnEndOfStream: false);
        _isEnd = read == 0 || (isFirst && read < Utf8Mark.Length);
        _end += read;
        if (isFirst && _buffer.AsSpan(0, _end).StartsWith(Utf8Mark))
        {
            _start = Utf8Mark.Length;
        }
    }

    private void Return()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private InvalidDataException Fatal(int at, string reason)
    {
        long line = _linesBefore + _buffer.AsSpan(0, Math.Min(at, _end)).Count((byte)'\n') + 1;
        return new InvalidDataException($"{_name}: byte {_base + at}, line {line}, {Where}: {reason}.");
    }

    // The reader's own line counts from 0 and from its first byte; ours is put in its place.
    private static string Reason(JsonException cause)
    {
        int tail = cause.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (tail < 0 ? cause.Message : cause.Message[..tail]).TrimEnd('.', ' ');
    }
}
