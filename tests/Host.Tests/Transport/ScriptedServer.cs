using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>A server made of bytes: each connection gets the next script.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _running;

    public ScriptedServer(params Func<ScriptedServer, NetworkStream, Task>[] scripts)
    {
        _listener.Start();
        _running = RunAsync(scripts);
    }

    public List<HelloFrame> Hellos { get; } = [];

    public WireClientOptions ClientOptions => new()
    {
        Address = WireAddress.Parse($"tcp://{_listener.LocalEndpoint}"),
        Group = "train",
        RetryDelayFirst = TimeSpan.FromMilliseconds(1),
        RetryFor = TimeSpan.Zero,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Reads the hello and answers it.</summary>
    public async Task WelcomeAsync(
        NetworkStream stream, long cursor = 0, string streamId = "s", int heartbeatSeconds = 10)
    {
        Hellos.Add(FrameReader.Hello(new ReadOnlySequence<byte>(await ReadAsync(stream))));
        WelcomeFrame welcome = new(WireLimits.Version, streamId, cursor, 100, 1 << 20, heartbeatSeconds);
        await WriteAsync(stream, to => to.Welcome(welcome));
    }

    public static async Task WriteAsync(NetworkStream stream, Action<FrameWriter> write)
    {
        ArrayBufferWriter<byte> bytes = new();
        write(new FrameWriter(bytes));
        await stream.WriteAsync(bytes.WrittenMemory, Token);
    }

    public static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        byte[] prefix = new byte[4];
        await stream.ReadExactlyAsync(prefix, Token);
        byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await stream.ReadExactlyAsync(payload, Token);
        return payload;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
    }

    private async Task RunAsync(Func<ScriptedServer, NetworkStream, Task>[] scripts)
    {
        try
        {
            foreach (Func<ScriptedServer, NetworkStream, Task> script in scripts)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(Token);
                await script(this, client.GetStream());
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException or OperationCanceledException)
        {
            // The test has ended, or the client left in the middle of the script.
        }
    }
}
