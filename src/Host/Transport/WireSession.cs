using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Host.Transport;

/// <summary>One connection of a client, from its hello on. Reads ahead as far as its credit goes.</summary>
/// <remarks>The socket blocks: to have a thread wait for it costs half of what an event and a pool's thread cost. A
/// consumer that waits goes on on that thread, see <see cref="LendingLoop"/>.</remarks>
internal sealed partial class WireSession : IAsyncDisposable
{
    private const int SilenceMaxHeartbeats = 3;
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(1);

    private readonly WireClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _turn = new(1, 1); // Guards the buffer and the order of writes.
    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly FrameWriter _frames;
    private readonly FrameIntake _intake = new();
    private readonly CreditWindow _window;
    private readonly LendingLoop _receiving;

    // Not bounded by itself: the credit bounds it.
    private readonly Channel<ReceivedSample> _samples = Channel.CreateUnbounded<ReceivedSample>(
        new() { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    private Stream _stream = Stream.Null; // Over the socket; set once it is connected.
    private Task _background = Task.CompletedTask;
    private long _acked;

    private WireSession(WireClientOptions options, TimeProvider clock, Socket socket)
    {
        (_options, _clock, _socket, _frames) = (options, clock, socket, new FrameWriter(_buffer));
        _window = new CreditWindow(options.CreditFrames, options.CreditBytes);
        _receiving = new LendingLoop(ReceiveAll, clock);
    }

    /// <summary>What the server answered.</summary>
    public WelcomeFrame Welcome { get; private set; }

    private bool IsClosing => _closing.IsCancellationRequested;

    private TimeSpan Heartbeat => TimeSpan.FromSeconds(Math.Max(1, Welcome.HeartbeatSeconds));

    /// <summary>Waits for the next sample.</summary>
    /// <exception cref="WireClosedException">The server ended the connection and said why.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<ReceivedSample> ReadAsync(CancellationToken stopping)
    {
        try
        {
            return await _samples.Reader.ReadAsync(stopping).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            throw closed.InnerException ?? closed;
        }
    }

    /// <summary>Says that the consumer is done with a sample's memory, so that more may come.</summary>
    public ValueTask TakenAsync(in ReceivedSample sample, CancellationToken stopping)
    {
        sample.Slab.Release();
        return _window.Taken(sample.FrameBytes) is { } credit
            ? WriteAsync(credit, static (to, back) => to.Credit(back), stopping)
            : ValueTask.CompletedTask;
    }

    /// <summary>Acknowledges everything of a share up to a position.</summary>
    public ValueTask AckAsync(long position, CancellationToken stopping)
    {
        Volatile.Write(ref _acked, position);
        return WriteAsync(position, static (to, upTo) => to.Number(FrameType.Ack, upTo), stopping);
    }

    /// <summary>Says what is wanted at the moment of its turn: of two said together, the later one last.</summary>
    public ValueTask DemandAsync(Func<IReadOnlyDictionary<string, double>> now, CancellationToken stopping) =>
        WriteAsync(now, static (to, weights) => to.Demand(weights()), stopping);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _receiving.TakeOver(); // Where the consumer closes it on the receiving thread: somebody has to read to the end.
        Task ending = Task.WhenAll(SayGoodbyeAsync(), _background);
        await ending.WaitAsync(FarewellMax, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // It was never connected, has gone already, or the server does not close: without its socket all ends.
        await _stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _receiving.Dispose();
        _intake.Dispose();
        _closing.Dispose();
        _turn.Dispose();
    }

    private async Task BeatAsync()
    {
        using PeriodicTimer timer = new(Heartbeat, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token).ConfigureAwait(false))
            {
                await WriteAsync(
                    Volatile.Read(ref _acked), static (to, upTo) => to.Number(FrameType.Heartbeat, upTo),
                    _closing.Token).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The read side finds out why.
        }
    }

    private async ValueTask WriteAsync<TState>(
        TState state, Func<FrameWriter, TState, int> write, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            _buffer.ResetWrittenCount();
            write(_frames, state);

            _stream.Write(_buffer.WrittenSpan);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // Half a frame may have left: nothing can follow it, and the receiving thread is to find that out.
            _socket.Dispose();
            throw new IOException($"The connection to {_options.Address} broke: {gone.Message}", gone);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says that nothing more will be sent. The server then closes, after all that it has sent: a socket that
    /// is closed with unread bytes is reset, and a reset may overtake the last acknowledgement.</summary>
    private async Task SayGoodbyeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_stream is SslStream secure)
            {
                await secure.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        finally
        {
            _turn.Release();
        }
    }
}
