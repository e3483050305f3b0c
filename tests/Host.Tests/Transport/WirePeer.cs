using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Host.Transport;
using Microsoft.AspNetCore.Connections;

namespace Host.Tests.Transport;

/// <summary>A client made of bytes: what it sends is up to the test. It is joined to a server by two pipes.</summary>
internal sealed class WirePeer : IAsyncDisposable
{
    private const int ServerBufferBytes = 64 << 10;

    // A flush ends only when the server has looked at every byte: what a test sends has then had its effect.
    private readonly Pipe _up = new(new PipeOptions(
        pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));

    private readonly Pipe _down = new(new PipeOptions(
        pauseWriterThreshold: ServerBufferBytes, resumeWriterThreshold: ServerBufferBytes / 2,
        useSynchronizationContext: false));

    private readonly DefaultConnectionContext _context;

    public WirePeer(WireServer server)
    {
        _context = new DefaultConnectionContext("test", new Ends(_up.Reader, _down.Writer), application: null!);
        Frames = new FrameWriter(_up.Writer);
        Served = ServeAsync(server);
    }

    /// <summary>Writes frames; they leave with the next <see cref="FlushAsync"/>.</summary>
    public FrameWriter Frames { get; }

    /// <summary>Ends with the connection.</summary>
    public Task<ConnectionEnd> Served { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static HelloFrame Hello(
        string group = "train", int rank = 0, int world = 1, int frames = 100, long bytes = 1 << 30,
        long? cursor = null, string? token = null) => new()
    {
        Group = group, Rank = rank, World = world, CreditFrames = frames, CreditBytes = bytes, Cursor = cursor,
        Token = token,
    };

    /// <summary>Says hello and takes the welcome.</summary>
    public async Task<WelcomeFrame> JoinAsync(HelloFrame? hello = null)
    {
        Frames.Hello(hello ?? Hello());
        await FlushAsync();
        byte[] answer = await ReadAsync() ?? throw new InvalidOperationException("The server closed.");
        return FrameReader.Welcome(new ReadOnlySequence<byte>(answer));
    }

    public async Task FlushAsync() => await _up.Writer.FlushAsync(Token);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _up.Writer.WriteAsync(bytes, Token);

    public async Task AckAsync(long sequence)
    {
        Frames.Number(FrameType.Ack, sequence);
        await FlushAsync();
    }

    public async Task DemandAsync(IReadOnlyDictionary<string, double> weights)
    {
        Frames.Demand(weights);
        await FlushAsync();
    }

    public async Task CreditAsync(int frames, long bytes)
    {
        Frames.Credit(new CreditFrame(frames, bytes));
        await FlushAsync();
    }

    /// <summary>Closes the client's side.</summary>
    public async Task CloseAsync() => await _up.Writer.CompleteAsync();

    /// <summary>Takes the next payload; null when the server has closed its side.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        while (true)
        {
            ReadResult read = await _down.Reader.ReadAsync(Token);
            if (TryCut(read.Buffer, out ReadOnlySequence<byte> payload))
            {
                byte[] copy = payload.ToArray();
                _down.Reader.AdvanceTo(payload.End);
                return copy;
            }

            if (read.IsCompleted)
            {
                Assert.True(read.Buffer.IsEmpty, "The server closed in the middle of a frame.");
                return null;
            }

            _down.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Takes the next sample, past heartbeats: a clock that is turned on until something comes may be turned
    /// on by more than one of their intervals.</summary>
    public async Task<SampleFrame> SampleAsync()
    {
        while (true)
        {
            byte[] payload = await ReadAsync() ?? throw new InvalidOperationException("The server closed.");
            if (FrameReader.TypeOf(new ReadOnlySequence<byte>(payload)) != FrameType.Heartbeat)
            {
                return FrameReader.Sample(payload);
            }
        }
    }

    public async Task<IReadOnlyList<long>> SamplesAsync(int count)
    {
        List<long> sequences = [];
        for (int i = 0; i < count; i++)
        {
            sequences.Add((await SampleAsync()).Sequence);
        }

        return sequences;
    }

    /// <summary>Reads on to the GOAWAY, past whatever comes before it.</summary>
    public async Task<GoAwayFrame> GoAwayAsync()
    {
        while (await ReadAsync() is { } payload)
        {
            if (FrameReader.TypeOf(new ReadOnlySequence<byte>(payload)) == FrameType.GoAway)
            {
                return FrameReader.GoAway(new ReadOnlySequence<byte>(payload));
            }
        }

        throw new InvalidOperationException("The server closed without a GOAWAY.");
    }

    /// <summary>Reads to the end and says what came.</summary>
    public async Task<IReadOnlyList<FrameType>> RestAsync()
    {
        List<FrameType> types = [];
        while (await ReadAsync() is { } payload)
        {
            types.Add(FrameReader.TypeOf(new ReadOnlySequence<byte>(payload)));
        }

        return types;
    }

    public async ValueTask DisposeAsync()
    {
        await _up.Writer.CompleteAsync();
        await _down.Reader.CompleteAsync();
        await Served;
    }

    private static bool TryCut(ReadOnlySequence<byte> bytes, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (bytes.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.Slice(0, 4).ToArray());
        if (bytes.Length < 4 + length)
        {
            return false;
        }

        payload = bytes.Slice(4, length);
        return true;
    }

    private async Task<ConnectionEnd> ServeAsync(WireServer server)
    {
        ConnectionEnd end = await server.ServeToEndAsync(_context);
        await _up.Reader.CompleteAsync(); // As Kestrel does once a connection's handler returns.
        await _down.Writer.CompleteAsync();
        return end;
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
