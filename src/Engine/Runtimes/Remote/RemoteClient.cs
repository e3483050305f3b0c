using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.Remote;

/// <summary>Sends requests to one address: some at once, each in its time, and again where that may help.</summary>
/// <remarks>Reads no environment, so a proxy set there is not used. Safe to call from several threads.</remarks>
internal sealed partial class RemoteClient : IDisposable
{
    private const ulong JitterStream = 0x72656D6F74653031; // Not the numbers that a picture is made of.

    private readonly RemoteOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _address;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _room;

    public RemoteClient(
        string generator, RemoteOptions options, Uri address, TimeProvider clock, HttpMessageHandler handler)
    {
        (_options, _address, _clock) = (options, address, clock);
        _generator = new("generator", generator);
        Shown = RemoteAddress.Shown(address);
        _room = new SemaphoreSlim(options.ConcurrencyMax, options.ConcurrencyMax);

        // The client's own limit is of real time; this class' is of the clock it was given.
        _http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.Key.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        }
    }

    /// <summary>The address for messages and lineage.</summary>
    public string Shown { get; }

    /// <summary>The connections that a generator uses.</summary>
    /// <remarks>No redirect is followed: it would carry the prompt, and to a host that nobody configured. A connection
    /// is made anew after some minutes, so that a change of the name's address is seen.</remarks>
    public static HttpMessageHandler NewHandler(RemoteOptions options) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        MaxConnectionsPerServer = options.ConcurrencyMax,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
        UseProxy = false,
    };

    /// <summary>Posts a json text until it is answered or there is no use in another try.</summary>
    /// <param name="json">The request's body.</param>
    /// <param name="seed">Draws the waits.</param>
    /// <param name="stopping">Ends waiting and reading.</param>
    /// <returns>The answer's bytes, or a drop that says what failed last.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    /// <remarks>A wait between two tries keeps its place among those under way: a busy server gets fewer requests.
    /// </remarks>
    public async Task<Outcome<byte[]>> PostAsync(byte[] json, ulong seed, CancellationToken stopping)
    {
        await _room.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            SeededRandom random = new(seed ^ JitterStream);
            for (int retry = 0; ; retry++)
            {
                RemoteTry made = await TryAsync(json, stopping).ConfigureAwait(false);
                if (made.Body is { } body)
                {
                    return Outcome.Keep(body);
                }

                if (made.Retry is not { } why || retry == _options.RetriesMax)
                {
                    string again = retry == 0 ? "" : $", {retry + 1} requests in all";
                    return Outcome.Drop<byte[]>(RejectReason.GeneratorFailed, $"{Shown} {made.Failure}{again}");
                }

                RetriesTotal.Add(1, _generator, new("outcome", why));
                TimeSpan wait = RemoteBackOff.Wait(_options, retry, made.RetryAfter, ref random);
                await Task.Delay(wait, _clock, stopping).ConfigureAwait(false);
            }
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _room.Dispose();
    }

    private async Task<RemoteTry> TryAsync(byte[] json, CancellationToken stopping)
    {
        using CancellationTokenSource late = new(_options.RequestTimeout, _clock);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, _address);
            request.Content = new ByteArrayContent(json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            return await ReadAsync(response, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            string seconds = _options.RequestTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return RemoteTry.Failed(
                $"did not answer within {seconds} s (request_timeout)", RemoteTry.TimedOut);
        }
        catch (InvalidDataException)
        {
            return RemoteTry.Failed("answered with a damaged compressed body");
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            stopping.ThrowIfCancellationRequested();
            return RemoteTry.Failed($"could not be reached or broke off ({Kind(cause)})", RemoteTry.Connection);
        }
    }

    private async Task<RemoteTry> ReadAsync(HttpResponseMessage response, CancellationToken end)
    {
        int status = (int)response.StatusCode;
        if (status is < 200 or > 299)
        {
            TimeSpan? after = RemoteBackOff.Asked(response.Headers.RetryAfter, _clock.GetUtcNow());
            return RemoteTry.Failed($"answered {status}{Hint(status)}", RetryOf(status), after);
        }

        if (response.Content.Headers.ContentType?.MediaType is { } type && !IsJson(type))
        {
            return RemoteTry.Failed($"answered {status} with {Short(type)}, not with json");
        }

        byte[]? body = await RemoteBody.ReadAsync(response.Content, _options.ResponseBytesMax, end)
            .ConfigureAwait(false);
        return body is null
            ? RemoteTry.Failed($"answered with more than {_options.ResponseBytesMax} bytes (response_bytes_max)")
            : RemoteTry.Done(body);
    }

    // The answer's own words are not repeated: a server may name the key it was given in them.
    private static string Hint(int status) => status switch
    {
        >= 300 and < 400 => "; redirects are not followed, give the address it leads to",
        401 or 403 => "; it does not accept the key",
        404 => "; is the url right, and its API switched on?",
        _ => "",
    };

    private static string? RetryOf(int status) => status switch
    {
        408 => RemoteTry.TimedOut,
        429 or 503 => RemoteTry.Busy,
        >= 500 => RemoteTry.ServerError,
        _ => null,
    };

    private static bool IsJson(string type) => type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    private static string Short(string text) => text.Length <= 60 ? text : text[..60];

    private static HttpRequestError Kind(Exception cause) => cause switch
    {
        HttpRequestException request => request.HttpRequestError,
        HttpIOException io => io.HttpRequestError,
        _ => HttpRequestError.ConnectionError,
    };
}
