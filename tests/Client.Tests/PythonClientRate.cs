using Engine.Bench;
using Engine.Pipeline.Deliver;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Client.Tests;

/// <summary>
/// Question: how fast does the Python client take samples of 64 KiB, and what is its floor? Floor: as much
/// through a socket pair of one Python process, into one buffer. Not a test: run it with <c>-explicit only</c>.
/// </summary>
public sealed class PythonClientRate
{
    private const int SampleBytes = 64 << 10;

    [Fact(Explicit = true)]
    public async Task Say_how_fast_the_Python_client_is()
    {
        await PythonClient.SkipUnlessReadyAsync();
        await using DeliveryHub hub = new(new EndlessLog(SampleBytes), new DeliverOptions(), TimeProvider.System);
        await using WireListener listener = await WireListener.StartAsync(
            hub, new TransportOptions { Listen = ["tcp://127.0.0.1:0"] }, TimeProvider.System,
            NullLoggerFactory.Instance);
        string script = $"""
            import headwater, socket, threading, time
            COUNT, SIZE = 4096, {SampleBytes}

            def rate(name, work):
                best = 1e9
                for _ in range(7):
                    started = time.perf_counter()
                    work()
                    best = min(best, time.perf_counter() - started)
                print("%s: %.2f GB/s, %.0f samples/s" % (name, COUNT * SIZE / best / 1e9, COUNT / best))

            def floor():
                one, two = socket.socketpair()
                def send():
                    data = bytes(SIZE)
                    for _ in range(COUNT):
                        one.sendall(data)
                sending = threading.Thread(target=send)
                sending.start()
                into, left = bytearray(SIZE), COUNT * SIZE
                while left:
                    left -= two.recv_into(into)
                sending.join()

            with headwater.connect({listener.Addresses[0].ToString().Quoted()}, group="rate") as stream:
                def take():
                    for _ in range(COUNT):
                        next(stream)
                rate("floor", floor)
                rate("client", take)
            """;

        await foreach (string line in PythonClient.LinesAsync(script))
        {
            TestContext.Current.TestOutputHelper!.WriteLine(line);
        }
    }
}
