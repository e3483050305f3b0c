using System.Net.Sockets;
using Host.Tls;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: over TLS the wire is the same, and nobody is let in or believed who should not be. Method: real
/// sockets, certificates of an authority of the test's own.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly PemFolder _pem = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _pem.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Samples_come_over_tls_as_over_tcp(bool withClientCertificates)
    {
        await using WireHost host = await HostAsync(withClientCertificates);
        host.Log.Add(3);
        Assert.StartsWith("tls://127.0.0.1:", host.Address.ToString(), StringComparison.Ordinal);
        _pem.Sign("client", isClient: true);
        await using WireClient client = new(
            host.ClientOptions() with
            {
                Trust = new()
                {
                    Authority = _pem.Authority,
                    Certificate = withClientCertificates ? _pem.PathOf("client.pem") : null,
                    Key = withClientCertificates ? _pem.PathOf("client.key") : null,
                },
            },
            TimeProvider.System);
        List<long> came = [];
        await foreach (SampleFrame sample in client.ReadAllAsync(Token))
        {
            came.Add(sample.Sequence);
            await client.AckAsync(sample.Sequence, Token);
            if (came.Count == 3)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3], came);
    }

    [Fact]
    public async Task A_client_does_not_believe_a_stranger()
    {
        await using WireHost host = await HostAsync(withClientCertificates: false);
        using PemFolder other = new();
        foreach (ClientTrust trust in (ClientTrust[])[new(), new() { Authority = other.Authority }])
        {
            IOException refused = await Assert.ThrowsAsync<IOException>(
                () => WireSession.OpenAsync(host.ClientOptions() with { Trust = trust }, TimeProvider.System, Token));

            Assert.StartsWith($"TLS with {host.Address} failed", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_asks_for_certificates_lets_in_none_but_its_authoritys()
    {
        await using WireHost host = await HostAsync(withClientCertificates: true);
        using PemFolder other = new();
        other.Sign("client", isClient: true);
        _pem.Sign("server2");
        (string, string)?[] shown =
        [
            null, (other.PathOf("client.pem"), other.PathOf("client.key")),
            (_pem.PathOf("server2.pem"), _pem.PathOf("server2.key")), // Signed, but not for a client.
        ];
        foreach ((string Certificate, string Key)? files in shown)
        {
            ClientTrust trust = new()
            {
                Authority = _pem.Authority, Certificate = files?.Certificate, Key = files?.Key,
            };
            await Assert.ThrowsAsync<IOException>(
                () => WireSession.OpenAsync(host.ClientOptions() with { Trust = trust }, TimeProvider.System, Token));
        }

        Assert.Equal(0, host.Listener.Server.Connections);
    }

    [Fact]
    public async Task Plain_bytes_on_a_tls_port_reach_nobody()
    {
        await using WireHost host = await HostAsync(withClientCertificates: false);
        using TcpClient plain = new();
        await plain.ConnectAsync("127.0.0.1", host.Address.Port, Token);
        await plain.GetStream().WriteAsync(SpecExamples.Read()[1].Frame, Token);
        byte[] answer = new byte[256];

        int read = await plain.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Token);

        Assert.True(read < 16, $"{read} bytes"); // A TLS alert at most.
        Assert.Empty(host.Hub.Snapshot().Groups);
    }

    [Fact]
    public async Task Renewed_files_are_shown_after_a_minute_and_broken_ones_never()
    {
        string first = _pem.Sign("server");
        ManualClock clock = new();
        List<string> said = [];
        ServerIdentity identity = ServerIdentity.Read(Options(), clock, said.Add);
        string second = _pem.Sign("server");
        Assert.Equal(first, Shown(identity));

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(second, Shown(identity));
        await File.WriteAllTextAsync(_pem.PathOf("server.key"), "no key", Token);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(second, Shown(identity));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(second, Shown(identity));

        Assert.Equal(2, said.Count);
        Assert.Contains("was read again", said[0], StringComparison.Ordinal);
        Assert.Contains("stays as it was", said[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server.pem", "no certificate")]
    [InlineData("server.key", "no key")]
    [InlineData("server.key", null)]
    public async Task Files_that_cannot_be_used_are_refused_at_start_by_name(string name, string? content)
    {
        _pem.Sign("server");
        _pem.Sign("other");
        content ??= await File.ReadAllTextAsync(_pem.PathOf("other.key"), Token);
        await File.WriteAllTextAsync(_pem.PathOf(name), content, Token);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(
            () => ServerIdentity.Read(Options(), TimeProvider.System, _ => { }));

        Assert.Contains(_pem.PathOf(name), refused.Message, StringComparison.Ordinal);
    }

    private static string Shown(ServerIdentity identity) =>
        identity.Now().ServerCertificateContext!.TargetCertificate.Thumbprint;

    private async Task<WireHost> HostAsync(bool withClientCertificates)
    {
        _pem.Sign("server");
        TlsOptions own = Options() with { ClientAuthority = withClientCertificates ? _pem.Authority : null };
        return await WireHost.StartAsync("tls://127.0.0.1:0", options: new() { Tls = own });
    }

    private TlsOptions Options() => new() { Certificate = _pem.PathOf("server.pem"), Key = _pem.PathOf("server.key") };
}
