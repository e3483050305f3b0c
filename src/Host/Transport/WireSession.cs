using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;

namespace Host.Transport;

/// <summary>One connection of a client, from its hello on. Reads ahead as far as its credit goes.</summary>
internal sealed class WireSession : IAsyncDisposable
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
    private Stream _stream = Stream.Null; // Over the socket; set once it is connected.

    // Not bounded by itself: the credit bounds it.
    private readonly Channel<ReceivedSample> _samples = Channel.CreateUnbounded<ReceivedSample>(
        new() { SingleReader = true, SingleWriter = true });

    private Task _background = Task.CompletedTask;
    private long _acked;

    private WireSession(WireClientOptions options, TimeProvider clock, Socket socket)
    {
        (_options, _clock, _socket, _frames) = (options, clock, socket, new FrameWriter(_buffer));
        _window = new CreditWindow(options.CreditFrames, options.CreditBytes);
    }

    /// <summary>What the server answered.</summary>
    public WelcomeFrame Welcome { get; private set; }

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="WireClosedException">The server said no.</exception>
    /// <exception cref="IOException">The server is not there, or not one.</exception>
    public static async Task<WireSession> OpenAsync(
        WireClientOptions options, TimeProvider clock, CancellationToken stopping)
    {
        Socket socket = options.Address.Path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        WireSession session = new(options, clock, socket);
        using CancellationTokenSource late = new(options.ConnectTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            await socket.ConnectAsync(options.Address.ToEndPoint(), either.Token).ConfigureAwait(false);
            session._stream = await session.SecureAsync(either.Token).ConfigureAwait(false);
            await session.ShakeHandsAsync(either.Token).ConfigureAwait(false);
            session._background = Task.WhenAll(
                Task.Run(session.ReadAheadAsync, CancellationToken.None),
                Task.Run(session.BeatAsync, CancellationToken.None));
            return session;
        }
        catch (Exception cause)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw cause switch
            {
                SocketException refused => new IOException(
                    $"No server answers at {options.Address}: {refused.Message}", refused),
                AuthenticationException distrusted => new IOException(
                    $"TLS with {options.Address} failed: {distrusted.Message}", distrusted),
                WireFormatException strange => new IOException(
                    $"What answers at {options.Address} is no Headwater server: {strange.Message}", strange),
                OperationCanceledException when !stopping.IsCancellationRequested => new IOException(
                    $"{options.Address} did not answer within {options.ConnectTimeout.TotalSeconds} s."),
                _ => cause,
            };
        }
    }

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
        try
        {
            await _background.WaitAsync(FarewellMax, _clock).ConfigureAwait(false);
            await SayGoodbyeAsync().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A heartbeat waits for a server that takes nothing; without its socket it gives up.
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _background.ConfigureAwait(false);
        _intake.Dispose();
        _closing.Dispose();
        _turn.Dispose();
    }

    private async Task<Stream> SecureAsync(CancellationToken stopping)
    {
        NetworkStream plain = new(_socket, ownsSocket: false);
        if (!_options.Address.IsTls)
        {
            return plain;
        }

        SslStream secure = new(plain);
        await secure.AuthenticateAsClientAsync(_options.Trust.ToOptions(_options.Address.Host!), stopping)
            .ConfigureAwait(false);
        return secure;
    }

    private async Task ShakeHandsAsync(CancellationToken stopping)
    {
        HelloFrame hello = new()
        {
            Token = _options.Token,
            Group = _options.Group,
            Rank = _options.Rank,
            World = _options.World,
            Cursor = _options.Cursor,
            StreamId = _options.StreamId,
            CreditFrames = _options.CreditFrames,
            CreditBytes = _options.CreditBytes,
            ShuffleWindow = _options.ShuffleWindow,
            ShuffleSeed = _options.ShuffleSeed,
        };
        await WriteAsync(hello, static (to, frame) => to.Hello(frame), stopping).ConfigureAwait(false);
        ReadOnlyMemory<byte> payload;
        while (!_intake.TryCut(WireLimits.ClientFrameBytesMax, out payload, out _))
        {
            await ReceiveAsync(WireLimits.ClientFrameBytesMax, stopping).ConfigureAwait(false);
        }

        ReadOnlySequence<byte> answer = new(payload);
        FrameType type = FrameReader.TypeOf(answer);
        Welcome = type switch
        {
            FrameType.Welcome => FrameReader.Welcome(answer),
            FrameType.GoAway => throw new WireClosedException(FrameReader.GoAway(answer)),
            _ => throw new WireFormatException(GoAwayCode.UnexpectedFrame, $"It answered a hello with {type}."),
        };
        _acked = Welcome.Cursor;
    }

    private async Task ReadAheadAsync()
    {
        TimeSpan silenceMax = SilenceMaxHeartbeats * TimeSpan.FromSeconds(Math.Max(1, Welcome.HeartbeatSeconds));
        int bytesMax = Math.Min(Welcome.FrameBytesMax, _options.FrameBytesMax);
        using CancellationTokenSource silent = new(silenceMax, _clock);
        using CancellationTokenSource either =
            CancellationTokenSource.CreateLinkedTokenSource(silent.Token, _closing.Token);
        try
        {
            while (true)
            {
                while (_intake.TryCut(bytesMax, out ReadOnlyMemory<byte> payload, out ReceiveSlab slab))
                {
                    Take(payload, slab);
                }

                silent.CancelAfter(silenceMax);
                await ReceiveAsync(bytesMax, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (silent.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            _samples.Writer.TryComplete(
                new IOException($"Nothing was heard of the server for {silenceMax.TotalSeconds} s."));
        }
        catch (Exception cause)
        {
            // The reader gets it, after the samples that came before it.
            _samples.Writer.TryComplete(cause is SocketException or WireFormatException
                ? new IOException($"The connection to {_options.Address} broke: {cause.Message}", cause)
                : cause);
        }
    }

    private void Take(ReadOnlyMemory<byte> payload, ReceiveSlab slab)
    {
        ReadOnlySequence<byte> bytes = new(payload);
        switch (FrameReader.TypeOf(bytes))
        {
            case FrameType.Sample:
                int frameBytes = WireLimits.PrefixBytes + payload.Length;
                _window.Came(frameBytes);
                SampleFrame sample = FrameReader.Sample(payload);
                slab.Hold();
                _samples.Writer.TryWrite(new ReceivedSample(sample, frameBytes, slab));
                break;
            case FrameType.Heartbeat:
                FrameReader.Number(bytes, FrameType.Heartbeat);
                break;
            case FrameType.GoAway:
                throw new WireClosedException(FrameReader.GoAway(bytes));
            case FrameType other:
                throw new WireFormatException(GoAwayCode.UnexpectedFrame, $"The server sent {other}.");
        }
    }

    private async Task BeatAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(Math.Max(1, Welcome.HeartbeatSeconds)), _clock);
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

    private async ValueTask ReceiveAsync(int bytesMax, CancellationToken stopping)
    {
        if (await _intake.ReceiveAsync(_stream, bytesMax, stopping).ConfigureAwait(false) == 0)
        {
            throw new IOException($"The server at {_options.Address} closed the connection.");
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

            // Not cancelled half way: the frame after it would be read as a part of this one.
            await _stream.WriteAsync(_buffer.WrittenMemory, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            throw new IOException($"The connection to {_options.Address} broke: {gone.Message}", gone);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes so that the last acknowledgement arrives: a socket closed with unread bytes is reset.</summary>
    private async Task SayGoodbyeAsync()
    {
        using CancellationTokenSource limit = new(FarewellMax, _clock);
        try
        {
            if (_stream is SslStream secure)
            {
                await secure.ShutdownAsync().WaitAsync(limit.Token).ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
            byte[] unread = new byte[8192];
            while (await _stream.ReadAsync(unread, limit.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException
            or InvalidOperationException)
        {
            // It was never connected, has gone already, or took too long.
        }
    }
}
