using System.Security.Cryptography;
using System.Text.Json;
using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Shared;

namespace Client.Tests;

/// <summary>
/// Goal: the Python client and the server agree, and both with docs/spec/wire.md. Method: the client's own tests, run
/// by the system's Python against a server in this process; msgpack is there the decoder that is not ours.
/// </summary>
public sealed class PythonClientTests
{
    private const int Samples = 300;
    private const int ImageBytes = 4000;
    private const string Secret = "0123456789abcdef";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_own_tests_pass_against_the_server()
    {
        await PythonClient.SkipUnlessReadyAsync();
        using TempFolder folder = new();
        using PemFolder pem = new();
        pem.Sign("server");
        pem.Sign("client", isClient: true);
        MemorySampleLog log = new(ImageBytes);
        log.Add(Samples);
        await using DeliveryHub hub = new(log, new DeliverOptions { GroupsMax = 64 }, TimeProvider.System);
        await using WireListener listener = await WireListener.StartAsync(
            hub,
            new TransportOptions
            {
                Listen = ["tcp://127.0.0.1:0", $"unix:{folder.File("wire.sock")}", "tls://127.0.0.1:0"],
                Token = Secret,
                Tls = new()
                {
                    Certificate = pem.PathOf("server.pem"),
                    Key = pem.PathOf("server.key"),
                    ClientAuthority = pem.Authority,
                },
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await using DeliveryHub endedHub = new(log, new DeliverOptions { GroupsMax = 64 }, TimeProvider.System);
        await endedHub.EndAsync(Token);
        await using WireListener ended = await WireListener.StartAsync(
            endedHub, new TransportOptions { Listen = ["tcp://127.0.0.1:0"], Token = Secret }, TimeProvider.System,
            NullLoggerFactory.Instance);
        string description = folder.File("daemon.json");
        await File.WriteAllTextAsync(description, Describe(log, listener, ended, pem), Token);

        Command run = await PythonClient.RunAsync(
            ["-m", "unittest", "discover", "-v", "-s", PythonClient.Path("tests"), "-t", PythonClient.Path("tests")],
            new Dictionary<string, string?> { ["HEADWATER_TEST_DAEMON"] = description });

        TestContext.Current.TestOutputHelper!.WriteLine(run.Error); // says what was skipped, and why
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("needs the server", run.Error);
    }

    [Fact]
    public async Task Client_outlives_restarts_of_the_server_and_sees_each_sample_once()
    {
        await PythonClient.SkipUnlessReadyAsync();
        using TempFolder folder = new();
        string address = $"unix:{folder.File("wire.sock")}";
        MemorySampleLog log = new(ImageBytes);
        log.Add(Samples);
        string script = $"""
            import headwater
            with headwater.connect({address.Quoted()}, group="train", retry_delay=0.01, credit_frames=8) as stream:
                for sample in stream:
                    print(sample.sequence, flush=True)
                    if sample.sequence == {Samples}:
                        break
            """;
        WireListener? listener = null;
        DeliveryHub? hub = null;
        async Task StartAsync()
        {
            hub = new DeliveryHub(log, new DeliverOptions(), TimeProvider.System);
            listener = await WireListener.StartAsync(
                hub, new TransportOptions { Listen = [address] }, TimeProvider.System, NullLoggerFactory.Instance);
        }

        await StartAsync();
        List<int> got = [];
        await foreach (string line in PythonClient.LinesAsync(script))
        {
            got.Add(int.Parse(line));
            if (got.Count % 50 == 0)
            {
                await listener!.DisposeAsync(); // no drain: as a kill would
                await hub!.DisposeAsync();
                await StartAsync();
            }
        }

        Assert.Equal(Enumerable.Range(1, Samples), got);
        await listener!.DisposeAsync();
        await hub!.DisposeAsync();
    }

    private static string Describe(
        MemorySampleLog log, WireListener listener, WireListener ended, PemFolder pem) => JsonSerializer.Serialize(new
    {
        tcp = listener.Addresses[0].ToString(),
        unix = listener.Addresses[1].ToString(),
        tls = listener.Addresses[2].ToString(),
        ended = ended.Addresses[0].ToString(), // a daemon whose plan has ended, over the same samples
        tls_ca = pem.Authority,
        tls_cert = pem.PathOf("client.pem"),
        tls_key = pem.PathOf("client.key"),
        token = Secret,
        stream = log.StreamId,
        hashes = Enumerable.Range(1, Samples)
            .Select(at => Convert.ToHexStringLower(SHA256.HashData(log.Make(at).Image.Span))),
    });
}
