using System.Buffers;
using System.Net.Sockets;

namespace Host.Transport;

/// <summary>What the receiving thread does.</summary>
internal sealed partial class WireSession
{
    private TimeSpan SilenceMax => SilenceMaxHeartbeats * Heartbeat;

    /// <summary>Hands samples on until the connection ends, or another thread goes on with it.</summary>
    private void ReceiveAll()
    {
        int bytesMax = Math.Min(Welcome.FrameBytesMax, _options.FrameBytesMax);
        Exception? cause = null;
        try
        {
            while (!IsClosing)
            {
                if (!_intake.TryCut(bytesMax, out ReadOnlyMemory<byte> payload, out ReceiveSlab slab))
                {
                    Receive(bytesMax);
                }
                else if (!Take(payload, slab))
                {
                    return;
                }
            }

            DiscardRest();
        }
        catch (Exception ended)
        {
            cause = WhyOf(ended); // Whatever it is, it is the reader's to hear, not this thread's to die of.
        }

        // In this order: the reader may go on right here, and wait for the end.
        _receiving.End();
        _samples.Writer.TryComplete(cause);
    }

    /// <summary>Takes a frame in; false when another thread has gone on meanwhile.</summary>
    private bool Take(ReadOnlyMemory<byte> payload, ReceiveSlab slab)
    {
        ReadOnlySequence<byte> bytes = new(payload);
        switch (FrameReader.TypeOf(bytes))
        {
            case FrameType.Sample:
                int frameBytes = WireLimits.PrefixBytes + payload.Length;
                _window.Came(frameBytes);
                SampleFrame sample = FrameReader.Sample(payload);
                slab.Hold();
                int turn = _receiving.Lend();
                _samples.Writer.TryWrite(new ReceivedSample(sample, frameBytes, slab));
                return _receiving.TakeBack(turn);
            case FrameType.Heartbeat:
                FrameReader.Number(bytes, FrameType.Heartbeat);
                return true;
            case FrameType.GoAway:
                throw new WireClosedException(FrameReader.GoAway(bytes));
            case FrameType other:
                throw new WireFormatException(GoAwayCode.UnexpectedFrame, $"The server sent {other}.");
        }
    }

    private void Receive(int bytesMax)
    {
        if (_intake.Receive(_stream, bytesMax) == 0)
        {
            throw new IOException($"The server at {_options.Address} closed the connection.");
        }
    }

    private void DiscardRest()
    {
        byte[] unread = new byte[8192];
        while (_stream.Read(unread) > 0)
        {
        }
    }

    /// <summary>What the reader gets, after the samples that came before it.</summary>
    private Exception WhyOf(Exception cause) => cause switch
    {
        IOException { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } => new IOException(
            $"Nothing was heard of the server for {SilenceMax.TotalSeconds} s.", cause),
        SocketException or WireFormatException or ObjectDisposedException => new IOException(
            $"The connection to {_options.Address} broke: {cause.Message}", cause),
        _ => cause,
    };
}
