using System.Buffers;
using System.IO.Pipelines;

namespace Host.Transport;

/// <summary>Frames through the transport's own pipe, which copies them: what TLS needs anyway.</summary>
/// <param name="pipe">Owned by the connection.</param>
internal sealed class PipeOutput(PipeWriter pipe) : IFrameOutput
{
    public Task Sent => Task.CompletedTask; // Nothing is lent: all was copied.

    public void Advance(int count) => pipe.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(sizeHint);

    public void Lend(ReadOnlyMemory<byte> bytes) => pipe.Write(bytes.Span);

    public async ValueTask<bool> FlushAsync(CancellationToken stopping) =>
        !(await pipe.FlushAsync(stopping).ConfigureAwait(false)).IsCompleted;
}
