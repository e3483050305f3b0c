using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Host.Transport;

/// <summary>Frames straight to a socket, the files of samples from where they lie.</summary>
/// <remarks>
/// Past the pipe of the listener, which copies every byte into blocks of 4 KiB first: that took a third of delivery's
/// processor time. Nothing may ever be written to the pipe of a connection that has this. Small pieces are copied
/// together, for each piece costs a send more than copying it does.
/// </remarks>
/// <param name="socket">Connected; owned by the connection.</param>
internal sealed class SocketOutput(Socket socket) : IFrameOutput
{
    private const int BlockBytes = 128 << 10;
    private const int LendBytesMin = 16 << 10;
    private const int LocalSendBytes = 256 << 10;

    private List<ArraySegment<byte>> _pieces = []; // Written, in order, up to the block's open end.
    private List<byte[]> _blocks = []; // Out of the shared pool; the last one is written to.
    private int _start; // Of what was written to the last block and is not among the pieces yet.
    private int _end;
    private Task<bool> _sending = Task.FromResult(true);

    /// <summary>Has the system buffer little for a peer on this machine, who takes it at once or not for a while: what
    /// lies there goes cold in the core's cache, and groups drift apart that could share a reading.</summary>
    /// <param name="socket">Connected, or gone already; owned by the connection.</param>
    /// <returns>The output.</returns>
    public static SocketOutput Over(Socket socket)
    {
        try
        {
            if (socket.RemoteEndPoint is IPEndPoint { Address: { } peer } && IPAddress.IsLoopback(peer))
            {
                socket.SendBufferSize = LocalSendBytes;
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Whoever reads or sends first finds that out.
        }

        return new SocketOutput(socket);
    }

    /// <summary>Written and not yet flushed. In bytes.</summary>
    internal long Unflushed => _pieces.Sum(piece => (long)piece.Count) + _end - _start;

    public Task Sent => _sending;

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => Block(sizeHint).AsMemory(_end);

    public Span<byte> GetSpan(int sizeHint = 0) => Block(sizeHint).AsSpan(_end);

    public void Lend(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < LendBytesMin || !MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> lies))
        {
            this.Write(bytes.Span);
            return;
        }

        CloseBlock();
        _pieces.Add(lies);
    }

    public async ValueTask<bool> FlushAsync(CancellationToken stopping)
    {
        CloseBlock();
        if (_pieces.Count > 0)
        {
            // Handed over before any wait: a wait that is cancelled leaves nothing behind that is sent later, from
            // memory that has been given back by then.
            _sending = SendAsync(_sending, _pieces, _blocks);
            (_pieces, _blocks, _start, _end) = ([], [], 0, 0);
        }

        return await _sending.WaitAsync(stopping).ConfigureAwait(false);
    }

    private async Task<bool> SendAsync(Task<bool> before, List<ArraySegment<byte>> pieces, List<byte[]> blocks)
    {
        try
        {
            if (!await before.ConfigureAwait(false))
            {
                return false;
            }

            // A stream socket ends a send when all of it is taken.
            int sent = pieces.Count == 1
                ? await socket.SendAsync(pieces[0]).ConfigureAwait(false)
                : await socket.SendAsync(pieces).ConfigureAwait(false);
            return sent == pieces.Sum(piece => piece.Count);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            blocks.ForEach(block => ArrayPool<byte>.Shared.Return(block));
        }
    }

    private byte[] Block(int sizeHint)
    {
        if (_blocks.Count == 0 || _blocks[^1].Length - _end < Math.Max(1, sizeHint))
        {
            CloseBlock();
            _blocks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, sizeHint)));
            (_start, _end) = (0, 0);
        }

        return _blocks[^1];
    }

    private void CloseBlock()
    {
        if (_end > _start)
        {
            _pieces.Add(new ArraySegment<byte>(_blocks[^1], _start, _end - _start));
            _start = _end;
        }
    }
}
