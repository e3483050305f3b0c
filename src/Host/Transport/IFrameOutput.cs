using System.Buffers;

namespace Host.Transport;

/// <summary>Where the frames of one connection go. One caller at a time.</summary>
internal interface IFrameOutput : IBufferWriter<byte>
{
    /// <summary>Ends when nothing that was flushed is on its way any more; never faults.</summary>
    Task Sent { get; }

    /// <summary>Writes bytes, perhaps from where they lie.</summary>
    /// <param name="bytes">Not to be changed until they have been flushed and <see cref="Sent"/> has ended.</param>
    void Lend(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends what was written, after what was flushed before.</summary>
    /// <param name="stopping">Ends the wait; the bytes still go out.</param>
    /// <returns>False when the peer has gone.</returns>
    ValueTask<bool> FlushAsync(CancellationToken stopping);
}
