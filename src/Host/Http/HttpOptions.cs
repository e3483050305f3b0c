using System.Net;
using Engine.Options;
using Host.Tls;

namespace Host.Http;

/// <summary>The HTTP side: health, metrics, status and prompts.</summary>
internal sealed record HttpOptions : ICheckedOptions
{
    /// <summary>Where to listen: http://address:port, or https:// with a tls section. Port 0 takes a free one. Default
    /// http://127.0.0.1:7780.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:7780";

    /// <summary>The bearer token POST requests must bring; needed beyond the loopback. Empty: none. 0 to 1,024
    /// characters.</summary>
    public string Token { get; init; } = "";

    /// <summary>The certificate of an https:// address; needed for one. Default none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Lets the address be one that other machines reach without TLS, or without a token. Default false.
    /// </summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Bytes a POST body may have. 1 kB to 1 GiB. Default 8 MiB.</summary>
    public long BodyBytesMax { get; init; } = 8L << 20;

    /// <summary>How long a request's head and each part of its body may take. 1 s to 5 min. Default 15 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Uri.TryCreate(Listen, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")
            || !IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip))
        {
            yield return new(
                nameof(Listen), $"is '{Listen}'; it must be http://address:port or https:// with a numeric address");
        }
        else if (address.Scheme == "https" && Tls is null)
        {
            yield return new(nameof(Listen), $"is '{Listen}', which needs a certificate: a tls section");
        }
        else if (!IPAddress.IsLoopback(ip) && !AllowInsecure && (Token.Length == 0 || address.Scheme == "http"))
        {
            yield return new(
                nameof(Listen),
                $"is '{Listen}', beyond the loopback; that needs https:// and a token, or allow_insecure");
        }

        if (Token.Length > 1024)
        {
            yield return new(nameof(Token), $"has {Token.Length} characters; it may have 1024");
        }

        if (BodyBytesMax is < 1000 or > (1L << 30))
        {
            yield return new(nameof(BodyBytesMax), $"is {BodyBytesMax}; it must be 1000 to {1L << 30} bytes (1 GiB)");
        }

        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(5))
        {
            yield return new(nameof(RequestTimeout), $"is {RequestTimeout}; it must be 1 s to 5 min");
        }
    }
}
