using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Engine.Pipeline.Deliver;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Bench;

/// <summary>
/// Question: how near does delivery come to a bare loopback socket? Floor: the same bytes in frames of the same length
/// through one TCP connection of this machine, received into one buffer. Both ends share the machine's cores.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class DeliverBench
{
    private const long TrafficBytes = 256L << 20;

    private DeliveryHub? _hub;
    private WireListener? _listener;
    private WireClient? _client;
    private IAsyncEnumerator<SampleFrame>? _samples;

    /// <summary>Bytes of one sample.</summary>
    [Params(4 << 10, 64 << 10, 1 << 20)]
    public int SampleBytes { get; set; }

    /// <summary>Where the two meet.</summary>
    [Params("tcp", "unix")]
    public string Over { get; set; } = "tcp";

    private int Samples => (int)(TrafficBytes / SampleBytes);

    [GlobalSetup(Target = nameof(Delivered))]
    public async Task StartAsync()
    {
        string listen = Over == "tcp"
            ? "tcp://127.0.0.1:0"
            : $"unix:{Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))}";
        _hub = new DeliveryHub(new EndlessLog(SampleBytes), new DeliverOptions(), TimeProvider.System);
        _listener = await WireListener.StartAsync(
            _hub, new TransportOptions { Listen = [listen] }, TimeProvider.System, NullLoggerFactory.Instance);
        _client = new WireClient(
            new WireClientOptions { Address = _listener.Addresses[0], Group = "bench", CreditFrames = 1024 },
            TimeProvider.System);
        _samples = _client.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
    }

    [GlobalCleanup(Target = nameof(Delivered))]
    public async Task StopAsync()
    {
        await _client!.DisposeAsync();
        await _listener!.DisposeAsync();
        await _hub!.DisposeAsync();
    }

    /// <summary>Server to client with everything: credit, an acknowledgement a sample, every byte checked.</summary>
    [Benchmark]
    public async Task<long> Delivered()
    {
        long bytes = 0;
        for (int i = 0; i < Samples; i++)
        {
            await _samples!.MoveNextAsync();
            bytes += _samples.Current.Bytes;
            await _client!.AckAsync(_samples.Current.Position, CancellationToken.None);
        }

        return bytes >= TrafficBytes - (1 << 20) ? bytes : throw new InvalidOperationException($"{bytes} bytes came.");
    }

    [Benchmark(Baseline = true)]
    public async Task<long> BareSocket()
    {
        (Socket sender, Socket receiver) = await ConnectAsync();
        using (sender)
        using (receiver)
        {
            Task sending = Task.Run(async () =>
            {
                byte[] frame = new byte[SampleBytes];
                for (int i = 0; i < Samples; i++)
                {
                    await sender.SendAsync(frame);
                }
            });
            byte[] into = new byte[SampleBytes];
            long bytes = 0;
            while (bytes < (long)Samples * SampleBytes)
            {
                bytes += await receiver.ReceiveAsync(into);
            }

            await sending;
            return bytes;
        }
    }

    private async Task<(Socket Sender, Socket Receiver)> ConnectAsync()
    {
        bool isTcp = Over == "tcp";
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        using Socket listener = isTcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(isTcp ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Socket sender = new(listener.AddressFamily, SocketType.Stream, listener.ProtocolType);
        await sender.ConnectAsync(listener.LocalEndPoint!);
        return (sender, await listener.AcceptAsync());
    }
}
