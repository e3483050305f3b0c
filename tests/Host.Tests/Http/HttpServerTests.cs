using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Engine.Pipeline.Deliver;
using Host.Http;
using Host.Tls;
using Tests.Shared;
using Host.Lifecycle;
using Host.Metrics;

namespace Host.Tests.Http;

/// <summary>Goal: each route answers as docs/spec/http.md says. Method: a real server on a free port.</summary>
public sealed class HttpServerTests : IAsyncLifetime
{
    private readonly PrometheusExporter _metrics = new();
    private readonly ReadinessChecks _readiness = new();
    private readonly FakeIntake _intake = new();
    private readonly HttpClient _client = new();
    private HttpServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await HttpServer.StartAsync(
            new() { Listen = "http://127.0.0.1:0", Token = "secret", BodyBytesMax = 2000 },
            new HttpParts(_metrics, _readiness, _intake, () => new { Stages = 3 }));
        _client.BaseAddress = new Uri(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/v1/status", "{\"stages\":3}")]
    public async Task Plain_routes_answer(string path, string body) =>
        Assert.Equal(body, await _client.GetStringAsync(new Uri(path, UriKind.Relative), Token));

    [Fact]
    public async Task Metrics_come_in_the_text_format()
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri("/metrics", UriKind.Relative), Token);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Readiness_names_the_check_that_fails()
    {
        string? problem = null;
        _readiness.Add("store", () => problem);
        _readiness.Add("line", () => null);

        HttpResponseMessage well = await _client.GetAsync(new Uri("/readyz", UriKind.Relative), Token);
        problem = "read-only since a fsync failed";
        HttpResponseMessage ill = await _client.GetAsync(new Uri("/readyz", UriKind.Relative), Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (well.StatusCode, ill.StatusCode));
        Assert.Equal(
            "{\"ready\":false,\"checks\":{\"line\":null,\"store\":\"read-only since a fsync failed\"}}",
            await ill.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Status_has_the_groups_under_the_names_of_the_page()
    {
        GroupSnapshot group = new()
        {
            Name = "train", World = 2, ShuffleWindow = 0, ShuffleSeed = 0, Connections = 1, IsDetached = false,
            Blocked = TimeSpan.FromSeconds(12.5), LagByRank = [3, 4], CursorByRank = [96, 95], DeadRanks = [1],
        };
        DeliverSnapshot delivery = new("s", 100, "train", CursorSaveError: null, [group]);
        await using HttpServer server = await HttpServer.StartAsync(
            new() { Listen = "http://127.0.0.1:0" },
            new HttpParts(_metrics, _readiness, _intake, () => new { Delivery = delivery }));

        string said = await _client.GetStringAsync(new Uri(server.Address + "/v1/status"), Token);

        Assert.Equal(
            """
            {"delivery":{"stream_id":"s","last_sequence":100,"blocked_by":"train","cursor_save_error":null,"groups":[
            {"name":"train","world":2,"shuffle_window":0,"shuffle_seed":0,"connections":1,"is_detached":false,
            "blocked":"00:00:12.5000000","lag_by_rank":[3,4],"cursor_by_rank":[96,95],"dead_ranks":[1],"lag_items":7}]}}
            """.ReplaceLineEndings(""),
            said);
    }

    [Fact]
    public async Task Prompts_need_the_token()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync("x", token: null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync("x", token: "Secret")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("x", token: "secret")).StatusCode);
    }

    [Fact]
    public async Task Line_that_is_not_taken_is_422_and_the_good_ones_are_counted()
    {
        _intake.Result = new IntakeResult(2, 1, 1, [new IntakeLine(3, "the prompt is empty")]);

        HttpResponseMessage answer = await PostAsync("a\nb\n\nc", token: "secret");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        JsonElement json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(2, json.GetProperty("accepted").GetInt32());
        Assert.Equal(3, json.GetProperty("lines")[0].GetProperty("line").GetInt64());
    }

    [Fact]
    public async Task Body_over_the_bound_is_413_with_and_without_a_declared_length()
    {
        HttpResponseMessage declared = await PostAsync(new string('x', 3000), token: "secret");
        HttpResponseMessage chunked = await PostAsync(new string('x', 3000), token: "secret", chunked: true);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, declared.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, chunked.StatusCode);
        Assert.Contains("2000 bytes", await chunked.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draining_takes_no_more_prompts()
    {
        _intake.IsDraining = true;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PostAsync("x", token: "secret")).StatusCode);
    }

    [Fact]
    public async Task Port_in_use_is_one_clear_error()
    {
        AddressTakenException taken = await Assert.ThrowsAsync<AddressTakenException>(() => HttpServer.StartAsync(
            new() { Listen = _server.Address }, new HttpParts(_metrics, _readiness, _intake, () => new object())));

        Assert.StartsWith($"cannot listen on {_server.Address}", taken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', taken.Message);
    }

    [Fact]
    public async Task Garbage_on_the_port_costs_only_its_own_connection()
    {
        using TcpClient garbage = new();
        await garbage.ConnectAsync("127.0.0.1", new Uri(_server.Address).Port, Token);
        await garbage.GetStream().WriteAsync(Encoding.ASCII.GetBytes("\0\0\0\u0004 no http\r\n\r\n"), Token);
        byte[] answer = new byte[512];
        int read = await garbage.GetStream().ReadAsync(answer, Token);

        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        Assert.Equal("ok\n", await _client.GetStringAsync(new Uri("/healthz", UriKind.Relative), Token));
    }

    [Theory]
    [InlineData("http://0.0.0.0:80", "", false, "needs https:// and a token")]
    [InlineData("http://0.0.0.0:80", "t", false, "needs https:// and a token")]
    [InlineData("https://0.0.0.0:80", "", true, "needs https:// and a token")]
    [InlineData("https://127.0.0.1:80", "", false, "a tls section")]
    [InlineData("http://localhost:80", "", false, "numeric address")]
    [InlineData("ftp://127.0.0.1", "", false, "http://address:port")]
    [InlineData("https://0.0.0.0:80", "t", true, null)]
    public void Address_beyond_the_loopback_needs_tls_and_a_token(
        string listen, string token, bool hasTls, string? problem)
    {
        HttpOptions options = new()
        {
            Listen = listen, Token = token, Tls = hasTls ? new() { Certificate = "a.pem", Key = "a.key" } : null,
        };
        string said = string.Join(' ', options.Problems());
        Assert.Empty((options with { Listen = "http://0.0.0.0:80", AllowInsecure = true }).Problems());

        Assert.Equal(problem is null, said.Length == 0);
        Assert.Contains(problem ?? "", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_is_served_with_the_certificate_of_the_files()
    {
        using PemFolder pem = new();
        string thumbprint = pem.Sign("server");
        TlsOptions tls = new() { Certificate = pem.PathOf("server.pem"), Key = pem.PathOf("server.key") };
        await using HttpServer server = await HttpServer.StartAsync(
            new() { Listen = "https://127.0.0.1:0", Tls = tls },
            new HttpParts(_metrics, _readiness, _intake, () => new object()),
            ServerIdentity.Read(tls, TimeProvider.System, _ => { }));
        string? shown = null;
        using HttpClientHandler handler = new()
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                shown = certificate?.Thumbprint;
                return true;
            },
        };
        using HttpClient client = new(handler);

        Assert.StartsWith("https://127.0.0.1:", server.Address, StringComparison.Ordinal);
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri(server.Address + "/healthz"), Token));
        Assert.Equal(thumbprint, shown);
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string? token, bool chunked = false)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/v1/prompts", UriKind.Relative))
        {
            Content = new StringContent(body),
        };
        request.Headers.TransferEncodingChunked = chunked;
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        return await _client.SendAsync(request, Token);
    }

    private sealed class FakeIntake : IPromptIntake
    {
        public bool IsDraining { get; set; }

        public IntakeResult Result { get; set; } = new(0, 0, 0, []);

        public async Task<IntakeResult> AddAsync(Stream body, CancellationToken stopping)
        {
            await body.CopyToAsync(Stream.Null, stopping);
            return Result;
        }
    }
}
