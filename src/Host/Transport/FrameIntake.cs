using System.Buffers.Binary;

namespace Host.Transport;

/// <summary>The client's side of a connection: receives frames and cuts them in place. One caller at a time.</summary>
/// <remarks>
/// Small frames are received many at a time. Of large ones, only little more than the frame that is under way: what is
/// received beyond it has to be copied when it does not fit any more.
/// </remarks>
internal sealed class FrameIntake : IDisposable
{
    private const int SlabBytes = 256 << 10;
    private const int LargeBytes = 32 << 10;
    private const int BeyondBytes = 4 << 10;

    private ReceiveSlab _slab = new(SlabBytes);
    private int _start; // Of what was received and not cut yet.
    private int _end;
    private bool _isLarge; // Whether the last frame was large.

    /// <summary>Cuts the next frame, when it is there as a whole.</summary>
    /// <param name="bytesMax">Longest payload.</param>
    /// <param name="payload">The payload; it lies in the slab until the next call of <see cref="Receive"/>, and
    /// as long as somebody holds the slab.</param>
    /// <param name="slab">Where it lies.</param>
    /// <exception cref="WireFormatException">The length is out of range; nothing was allocated for it.</exception>
    public bool TryCut(int bytesMax, out ReadOnlyMemory<byte> payload, out ReceiveSlab slab)
    {
        (payload, slab) = (default, _slab);
        int length = Length(bytesMax);
        if (length < 0 || _end - _start < WireLimits.PrefixBytes + length)
        {
            return false;
        }

        payload = _slab.Bytes.AsMemory(_start + WireLimits.PrefixBytes, length);
        _start += WireLimits.PrefixBytes + length;
        _isLarge = length >= LargeBytes;
        return true;
    }

    /// <summary>Waits for more bytes.</summary>
    /// <param name="from">Where they come from.</param>
    /// <param name="bytesMax">Longest payload.</param>
    /// <returns>Bytes received; 0 at the end.</returns>
    public int Receive(Stream from, int bytesMax)
    {
        int length = Length(bytesMax);
        int missing = length < 0
            ? WireLimits.PrefixBytes
            : WireLimits.PrefixBytes + length - (_end - _start);
        MakeRoom(missing);
        int most = _isLarge || missing >= LargeBytes ? missing + BeyondBytes : int.MaxValue;
        int read = from.Read(_slab.Bytes.AsSpan(_end, Math.Min(most, _slab.Bytes.Length - _end)));
        _end += read;
        return read;
    }

    public void Dispose() => _slab.Release();

    private int Length(int bytesMax)
    {
        if (_end - _start < WireLimits.PrefixBytes)
        {
            return -1;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(_slab.Bytes.AsSpan(_start));
        return length > 0 && length <= bytesMax
            ? (int)length
            : throw new WireFormatException(
                GoAwayCode.FrameTooLarge, $"A frame's length is {length}; it must be 1 to {bytesMax} bytes.");
    }

    /// <summary>Moves to the start of a slab, the same one where nobody uses it, when what is missing does not fit.
    /// </summary>
    private void MakeRoom(int missing)
    {
        int have = _end - _start;
        bool fits = _slab.Bytes.Length - _end >= missing;
        if (fits && (_start == 0 || have > 0 || !_slab.IsFree))
        {
            return;
        }

        ReadOnlySpan<byte> rest = _slab.Bytes.AsSpan(_start, have);
        if (_slab.IsFree && _slab.Bytes.Length >= have + missing)
        {
            rest.CopyTo(_slab.Bytes);
        }
        else
        {
            ReceiveSlab next = new(Math.Max(SlabBytes, have + missing + BeyondBytes));
            rest.CopyTo(next.Bytes);
            _slab.Release();
            _slab = next;
        }

        (_start, _end) = (0, have);
    }
}
