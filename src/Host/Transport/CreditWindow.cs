namespace Host.Transport;

/// <summary>The client's side of the credit: what the server may still send, and what to give back.</summary>
/// <remarks>Credit is given back in lumps of half a window, so that a CREDIT frame is rare and the server never waits
/// for one while the client keeps up.</remarks>
/// <param name="frames">The window in samples.</param>
/// <param name="bytes">The window in bytes of frames.</param>
internal sealed class CreditWindow(int frames, long bytes)
{
    private readonly int _framesHalf = (frames + 1) / 2;
    private readonly long _bytesHalf = (bytes + 1) / 2;
    private readonly Lock _gate = new();
    private long _framesOpen = frames; // What the server may still send. Guarded by _gate.
    private long _bytesOpen = bytes; // Guarded by _gate.
    private int _framesTaken; // Taken by the consumer and not yet given back. Guarded by _gate.
    private long _bytesTaken; // Guarded by _gate.

    /// <summary>Counts a frame that came.</summary>
    /// <exception cref="WireFormatException">The server had no credit for it.</exception>
    public void Came(int frameBytes)
    {
        lock (_gate)
        {
            if (_framesOpen <= 0 || _bytesOpen <= 0)
            {
                throw new WireFormatException(
                    GoAwayCode.UnexpectedFrame,
                    $"A sample came with {_framesOpen} frames and {_bytesOpen} bytes of credit left.");
            }

            (_framesOpen, _bytesOpen) = (_framesOpen - 1, _bytesOpen - frameBytes);
        }
    }

    /// <summary>Counts a frame that the consumer is done with.</summary>
    /// <returns>What to give back now; null while it is not worth a frame.</returns>
    public CreditFrame? Taken(int frameBytes)
    {
        lock (_gate)
        {
            (_framesTaken, _bytesTaken) = (_framesTaken + 1, _bytesTaken + frameBytes);
            if (_framesTaken < _framesHalf && _bytesTaken < _bytesHalf)
            {
                return null;
            }

            CreditFrame back = new(_framesTaken, _bytesTaken);
            (_framesOpen, _bytesOpen) = (_framesOpen + back.Frames, _bytesOpen + back.Bytes);
            (_framesTaken, _bytesTaken) = (0, 0);
            return back;
        }
    }
}
