using System.Net;
using System.Text.Json;
using Host.Lifecycle;
using Host.Metrics;
using Host.Tls;
using Host.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Host.Http;

/// <summary>The HTTP side (docs/spec/http.md): health, metrics, status and prompts.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly WebApplication _app;
    private readonly HttpOptions _options;
    private readonly HttpParts _parts;
    private readonly TokenCheck _tokens;

    private HttpServer(HttpOptions options, HttpParts parts, WebApplication app)
    {
        (_options, _parts, _app) = (options, parts, app);
        _tokens = new TokenCheck(options.Token.Length == 0 ? null : "Bearer " + options.Token);
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Starts to listen.</summary>
    /// <param name="options">Address and bounds.</param>
    /// <param name="parts">What answers the requests.</param>
    /// <param name="identity">What an https:// address shows.</param>
    /// <exception cref="AddressTakenException">The port is in use, or the address is not this machine's.</exception>
    public static async Task<HttpServer> StartAsync(
        HttpOptions options, HttpParts parts, ServerIdentity? identity = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Bound(kestrel, options, identity));
        WebApplication app = builder.Build();
        HttpServer server = new(options, parts, app);
        app.UseRouting();
        server.Map();
        try
        {
            await app.StartAsync().ConfigureAwait(false);
            return server;
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new AddressTakenException(options.Listen, cause);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Bound(KestrelServerOptions kestrel, HttpOptions options, ServerIdentity? identity)
    {
        Uri address = new(options.Listen);
        kestrel.Listen(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port, listen =>
        {
            if (address.Scheme == "https")
            {
                identity!.Guard(listen, options.RequestTimeout);
            }
        });
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = 256;
        kestrel.Limits.RequestHeadersTimeout = options.RequestTimeout;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, options.RequestTimeout);
    }

    private void Map()
    {
        _app.MapGet("/healthz", context => context.Response.WriteAsync("ok\n"));
        _app.MapGet("/readyz", ReadyAsync);
        _app.MapGet("/metrics", context =>
        {
            context.Response.ContentType = MetricText.ContentType;
            return context.Response.WriteAsync(_parts.Metrics.Scrape(), context.RequestAborted);
        });
        _app.MapGet("/version", context => WriteAsync(context, 200, new { version = ProcessMetrics.Version }));
        _app.MapGet("/v1/status", context => WriteAsync(context, 200, _parts.Status()));
        _app.MapPost("/v1/prompts", PromptsAsync);
    }

    private Task ReadyAsync(HttpContext context)
    {
        IReadOnlyDictionary<string, string?> checks = _parts.Readiness.Run();
        bool ready = checks.Values.All(problem => problem is null);
        return WriteAsync(context, ready ? 200 : 503, new { ready, checks });
    }

    private async Task PromptsAsync(HttpContext context)
    {
        if (!_tokens.Allows(context.Request.Headers.Authorization.ToString()))
        {
            await WriteAsync(context, 401, new { error = "a bearer token is needed" }).ConfigureAwait(false);
            return;
        }

        if (_parts.Prompts.IsDraining)
        {
            await WriteAsync(context, 503, new { error = "draining; no more prompts are taken" }).ConfigureAwait(false);
            return;
        }

        try
        {
            IntakeResult result =
                await _parts.Prompts.AddAsync(context.Request.Body, context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, result.Rejected == 0 ? 200 : 422, result).ConfigureAwait(false);
        }
        catch (BadHttpRequestException cause) when (cause.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            string error = $"the body is larger than {_options.BodyBytesMax} bytes; what came before was not taken";
            await WriteAsync(context, 413, new { error }).ConfigureAwait(false);
        }
        catch (BadHttpRequestException cause)
        {
            await WriteAsync(context, cause.StatusCode, new { error = cause.Message }).ConfigureAwait(false);
        }
    }

    private static Task WriteAsync<T>(HttpContext context, int status, T body)
    {
        context.Response.StatusCode = status;
        if (status == 413)
        {
            // The rest of the body is on its way; the connection cannot be used again.
            context.Features.Get<IHttpResponseFeature>()!.Headers.Connection = "close";
        }

        return context.Response.WriteAsJsonAsync(body, Json, context.RequestAborted);
    }
}
