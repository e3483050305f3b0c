using Host.Tls;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: a wrong or dangerous configuration is refused before anything listens, each problem by its name.
/// </summary>
public sealed class TransportOptionsTests
{
    private static TlsOptions Tls { get; } = new() { Certificate = "server.pem", Key = "server.key" };

    [Fact]
    public void Defaults_are_valid_and_local() => Assert.Empty(new TransportOptions().Problems());

    [Theory]
    [InlineData("0.0.0.0:7700")]
    [InlineData("[::]:7700")]
    [InlineData("192.0.2.1:7700")]
    public void Address_that_others_reach_needs_tls_and_a_token_or_a_word(string address)
    {
        TransportOptions plain = new() { Listen = ["tcp://" + address], Token = "0123456789abcdef" };
        TransportOptions secure = new() { Listen = ["tls://" + address], Tls = Tls };

        Assert.Equal(
            $"has 'tcp://{address}', which other machines reach, but without TLS; use tls:// with a tls section, or "
            + "set allow_insecure",
            Assert.Single(plain.Problems()).Message);
        Assert.Equal(
            $"has 'tls://{address}', which other machines reach, but there is no token; set token, or "
            + "tls.client_authority, or set allow_insecure",
            Assert.Single(secure.Problems()).Message);
        Assert.Empty((plain with { AllowInsecure = true }).Problems());
        Assert.Empty((secure with { AllowInsecure = true }).Problems());
        Assert.Empty((secure with { Token = plain.Token }).Problems());
        Assert.Empty((secure with { Tls = Tls with { ClientAuthority = "ca.pem" } }).Problems());
    }

    [Fact]
    public void A_tls_address_needs_a_certificate_also_on_this_machine() => Assert.Equal(
        "has 'tls://127.0.0.1:7700', which needs a certificate: a tls section",
        Assert.Single(new TransportOptions { Listen = ["tls://127.0.0.1:7700"] }.Problems()).Message);

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://127.8.9.1:65535")]
    [InlineData("tcp://[::1]:7700")]
    [InlineData("tcp://localhost:7700")]
    [InlineData("unix:/run/headwater/wire.sock")]
    public void Local_address_needs_none(string address) =>
        Assert.Empty(new TransportOptions { Listen = [address] }.Problems());

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:7700")]
    [InlineData("http://127.0.0.1:7700")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://:7700")]
    [InlineData("tcp://127.0.0.1:65536")]
    [InlineData("tcp://127.0.0.1:+1")]
    [InlineData("tcp://a b:7700")]
    [InlineData("tcp://example.org:7700")]
    [InlineData("unix:relative.sock")]
    [InlineData("unix:")]
    public void Wrong_address_is_named(string address)
    {
        TransportOptions options = new() { Listen = [address] };

        Assert.Contains($"'{address}'", Assert.Single(options.Problems()).Message);
    }

    [Fact]
    public void Every_wrong_value_is_named_at_once()
    {
        TransportOptions options = new()
        {
            Listen = ["unix:/" + new string('x', 107)],
            Token = "short",
            SocketMode = "0888",
            ConnectionsMax = 0,
            PeerConnectionsMax = 0,
            PeerOpensPerMinuteMax = 0,
            ClientFramesPerSecondMax = 9,
            SampleBytesMax = 1,
            HandshakeTimeout = TimeSpan.Zero,
            HeartbeatInterval = TimeSpan.FromMilliseconds(1500),
            IdleTimeout = TimeSpan.FromSeconds(2),
            LeaveTimeout = TimeSpan.FromHours(1),
        };

        Assert.Equal(
            [
                "Listen", "Token", "SocketMode", "ConnectionsMax", "PeerConnectionsMax", "PeerOpensPerMinuteMax",
                "ClientFramesPerSecondMax", "SampleBytesMax", "HandshakeTimeout",
                "HeartbeatInterval", "IdleTimeout", "LeaveTimeout",
            ],
            options.Problems().Select(problem => problem.Property));
    }

    [Theory]
    [InlineData("0600", 0b110_000_000)]
    [InlineData("660", 0b110_110_000)]
    [InlineData("0777", 0b111_111_111)]
    public void Mode_is_read_as_octal(string mode, int expected)
    {
        TransportOptions options = new() { SocketMode = mode };

        Assert.Empty(options.Problems());
        Assert.Equal((UnixFileMode)expected, options.ToSocketMode());
    }

    [Theory]
    [InlineData("tcp://[::1]:7700")]
    [InlineData("tcp://127.0.0.1:7700")]
    [InlineData("tls://[::1]:7700")]
    [InlineData("unix:/a/b c")]
    public void Address_is_written_as_it_is_read(string address) =>
        Assert.Equal(address, WireAddress.Parse(address).ToString());
}
