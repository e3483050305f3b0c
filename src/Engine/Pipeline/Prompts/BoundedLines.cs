namespace Engine.Pipeline.Prompts;

/// <summary>Splits a stream into lines within one buffer: a line that does not fit is passed over, not held.</summary>
/// <param name="input">Read from where it stands; owned by the caller.</param>
/// <param name="limits">Bounds on a line and on the whole.</param>
internal sealed class BoundedLines(Stream input, PromptReadLimits limits)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    // Two more than a line may have, for a carriage return and the new line.
    private readonly byte[] _buffer = new byte[limits.LineBytesMax + 2];
    private int _start; // First byte not given out.
    private int _searched; // First byte not yet searched for a new line; from _start to _end.
    private int _end; // One after the last byte read.
    private long _readBytes;
    private long _number;
    private bool _inputEnded;
    private bool _overBytes;
    private bool _passingOver; // The current line's beginning was thrown away.

    /// <summary>Reads on to the next line.</summary>
    /// <param name="stopping">Ends the read.</param>
    /// <returns>The line, or null at the end of the input.</returns>
    public async ValueTask<BoundedLine?> NextAsync(CancellationToken stopping)
    {
        while (true)
        {
            int newLine = _buffer.AsSpan(_searched.._end).IndexOf((byte)'\n');
            if (newLine >= 0)
            {
                (int start, int end) = (_start, _searched + newLine);
                _start = _searched = end + 1;
                return Take(start, end);
            }

            _searched = _end;
            if (_overBytes)
            {
                return new(_number + 1, default, $"the input has more than {limits.BytesMax} bytes", true);
            }

            if (_inputEnded)
            {
                (int start, int end) = (_start, _end);
                _start = _searched = _end;
                return start < end || _passingOver ? Take(start, end) : null;
            }

            await FillAsync(stopping).ConfigureAwait(false);
        }
    }

    private BoundedLine Take(int start, int end)
    {
        _number++;
        if (_number > limits.LinesMax)
        {
            return new(_number, default, $"the input has more than {limits.LinesMax} lines", true);
        }

        Span<byte> line = _buffer.AsSpan(start, end - start);
        if (line.EndsWith((byte)'\r'))
        {
            line = line[..^1];
        }

        bool tooLong = _passingOver || line.Length > limits.LineBytesMax;
        _passingOver = false;
        if (tooLong)
        {
            return new(_number, default, $"the line has more than {limits.LineBytesMax} bytes");
        }

        if (_number == 1 && line.StartsWith(ByteOrderMark))
        {
            start += ByteOrderMark.Length;
            line = line[ByteOrderMark.Length..];
        }

        return new(_number, _buffer.AsMemory(start, line.Length));
    }

    private async ValueTask FillAsync(CancellationToken stopping)
    {
        if (_start == 0 && _end == _buffer.Length)
        {
            (_passingOver, _searched, _end) = (true, 0, 0);
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _searched, _end) = (0, _searched - _start, _end - _start);
        }

        // One byte over the bound tells an input that is too long from one that just fits.
        long room = limits.BytesMax - _readBytes + 1;
        int wanted = (int)Math.Min(room, _buffer.Length - _end);
        int got = await input.ReadAsync(_buffer.AsMemory(_end, wanted), stopping).ConfigureAwait(false);
        _readBytes += got;
        _end += got;
        _inputEnded = got == 0;
        _overBytes = _readBytes > limits.BytesMax;
        if (_overBytes)
        {
            _end--;
        }
    }
}
