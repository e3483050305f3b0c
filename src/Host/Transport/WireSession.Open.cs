using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Host.Transport;

/// <summary>From nothing to the welcome.</summary>
internal sealed partial class WireSession
{
    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="WireClosedException">The server said no.</exception>
    /// <exception cref="IOException">The server is not there, or not one.</exception>
    public static async Task<WireSession> OpenAsync(
        WireClientOptions options, TimeProvider clock, CancellationToken stopping)
    {
        Socket socket = options.Address.Path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.SendTimeout = (int)Math.Min(int.MaxValue, options.ConnectTimeout.TotalMilliseconds);
        WireSession session = new(options, clock, socket);
        using CancellationTokenSource late = new(options.ConnectTimeout, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            session._background = Task.Factory.StartNew(
                session.Open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await session._background.WaitAsync(either.Token).ConfigureAwait(false);
            session._receiving.Start();
            session._background = Task.WhenAll(
                session._receiving.Ended, Task.Run(session.BeatAsync, CancellationToken.None));
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

    private void Open()
    {
        _socket.Connect(_options.Address.ToEndPoint());
        _stream = new NetworkStream(_socket, ownsSocket: false);
        if (_options.Address.IsTls)
        {
            SslStream secure = new(_stream);
            _stream = secure;
            secure.AuthenticateAsClient(_options.Trust.ToOptions(_options.Address.Host!));
        }

        ShakeHands();
        _socket.ReceiveTimeout = (int)SilenceMax.TotalMilliseconds;
    }

    private void ShakeHands()
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
        _frames.Hello(hello);
        _stream.Write(_buffer.WrittenSpan);
        ReadOnlyMemory<byte> payload;
        while (!_intake.TryCut(WireLimits.ClientFrameBytesMax, out payload, out _))
        {
            Receive(WireLimits.ClientFrameBytesMax);
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
}
