using System.Net;
using Engine.Options;

namespace Host.Http;

/// <summary>The HTTP side: health, metrics, status and prompts.</summary>
internal sealed record HttpOptions : ICheckedOptions
{
    /// <summary>Where to listen: http://address:port. Port 0 takes a free one. Default http://127.0.0.1:7780.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:7780";

    /// <summary>The bearer token POST requests must bring; needed beyond the loopback. Empty: none. 0 to 1,024
    /// characters.</summary>
    public string Token { get; init; } = "";

    /// <summary>Bytes a POST body may have. 1 kB to 1 GiB. Default 8 MiB.</summary>
    public long BodyBytesMax { get; init; } = 8L << 20;

    /// <summary>How long a request's head and each part of its body may take. 1 s to 5 min. Default 15 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Uri.TryCreate(Listen, UriKind.Absolute, out Uri? address) || address.Scheme != "http"
            || !IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip))
        {
            yield return new(nameof(Listen), $"is '{Listen}'; it must be http://address:port with a numeric address");
        }
        else if (!IPAddress.IsLoopback(ip) && Token.Length == 0)
        {
            yield return new(nameof(Listen), $"is '{Listen}', beyond the loopback; that needs a token");
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
