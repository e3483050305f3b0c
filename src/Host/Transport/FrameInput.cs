using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Host.Transport;

/// <summary>Splits a byte stream into payloads. Holds at most one frame of the longest length it allows.</summary>
/// <param name="input">The bytes; owned by the caller.</param>
/// <param name="payloadBytesMax">Longest payload; a longer one is refused by its prefix alone.</param>
internal sealed class FrameInput(PipeReader input, int payloadBytesMax)
{
    /// <summary>Reads frames until there are no more or the taker has enough.</summary>
    /// <param name="take">Gets each payload, which is lent until it returns; false for enough.</param>
    /// <param name="stopping">Ends the wait for bytes; the reader may be used again.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="WireFormatException">A prefix is out of range, or the taker threw it.</exception>
    public async Task<InputEnd> ReadAsync(Func<ReadOnlySequence<byte>, bool> take, CancellationToken stopping)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(stopping).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            SequencePosition examined = rest.End;
            try
            {
                while (TryCut(ref rest, out ReadOnlySequence<byte> payload))
                {
                    if (!take(payload))
                    {
                        examined = rest.Start; // The next read must look at the rest at once.
                        return InputEnd.Enough;
                    }
                }

                if (read.IsCompleted)
                {
                    return rest.IsEmpty ? InputEnd.Closed : InputEnd.Torn;
                }
            }
            finally
            {
                input.AdvanceTo(rest.Start, examined);
            }
        }
    }

    /// <summary>Throws away what comes, until the peer closes its side.</summary>
    public async Task DiscardAsync(CancellationToken stopping)
    {
        ReadResult read;
        do
        {
            read = await input.ReadAsync(stopping).ConfigureAwait(false);
            input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private bool TryCut(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (rest.Length < WireLimits.PrefixBytes)
        {
            return false;
        }

        Span<byte> prefix = stackalloc byte[WireLimits.PrefixBytes];
        rest.Slice(0, WireLimits.PrefixBytes).CopyTo(prefix);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length == 0)
        {
            throw new WireFormatException(GoAwayCode.Malformed, "A frame's length is 0; it must be at least 1 byte.");
        }

        if (length > payloadBytesMax)
        {
            throw new WireFormatException(
                GoAwayCode.FrameTooLarge,
                $"A frame's length is {length}; it must be at most {payloadBytesMax} bytes.");
        }

        if (rest.Length < WireLimits.PrefixBytes + length)
        {
            return false;
        }

        payload = rest.Slice(WireLimits.PrefixBytes, length);
        rest = rest.Slice(payload.End);
        return true;
    }
}
