using Engine.Imaging;
using Engine.Options;

namespace Engine.Runtimes.Remote;

/// <summary>A generator behind HTTP: where it is, what is asked of it and how patient the asking is.</summary>
public sealed record RemoteOptions : ICheckedOptions
{
    /// <summary>The server's address, such as <c>http://127.0.0.1:7860</c>; the path of the API is added. Required.
    /// </summary>
    public string Url { get; init; } = "";

    /// <summary>How it is spoken to. Default openai.</summary>
    public RemoteApi Api { get; init; }

    /// <summary>The model's name there. Empty for the server's own choice. At most 256 characters. Default empty.
    /// </summary>
    public string Model { get; init; } = "";

    /// <summary>Sent as a bearer token and nowhere else; best given as <c>${NAME}</c>. Empty for none. At most 4,096
    /// visible ASCII characters. Default empty.</summary>
    public string Key { get; init; } = "";

    /// <summary>Width asked for in px. 64 to 4,096. Default 512.</summary>
    public int WidthPx { get; init; } = 512;

    /// <summary>Height asked for in px. 64 to 4,096. Default 512.</summary>
    public int HeightPx { get; init; } = 512;

    /// <summary>Whether openai is told to answer with base64; some of its models refuse to be told, and answer so
    /// anyway. Default true.</summary>
    public bool SendsResponseFormat { get; init; } = true;

    /// <summary>Steps; automatic1111 only. 1 to 1,000. Default 20.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Weight of the guidance (cfg_scale); automatic1111 only. 0 to 100. Default 7.</summary>
    public double GuidanceScale { get; init; } = 7;

    /// <summary>What the picture must not show; automatic1111 only. At most 4,096 characters. Default empty.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>The sampler's name there; automatic1111 only. Empty for the server's own choice. At most 256
    /// characters. Default empty.</summary>
    public string Sampler { get; init; } = "";

    /// <summary>How long one request may take, its answer included. 100 ms to 1 h. Default 2 min.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Requests made after the first one of a prompt. 0 to 20. Default 4.</summary>
    public int RetriesMax { get; init; } = 4;

    /// <summary>Longest wait before the first retry; it doubles with each. 1 ms to 1 h. Default 1 s.</summary>
    public TimeSpan BackOffFrom { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the doubling stops at. 1 ms to 1 h. Default 30 s.</summary>
    public TimeSpan BackOffTo { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait that a server's Retry-After can ask for. 0 to 1 h. Default 2 min.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Requests under way at once, and prompts taken in one call. 1 to 256. Default 4.</summary>
    public int ConcurrencyMax { get; init; } = 4;

    /// <summary>Bytes of an answer, counted after decompression. 1 KiB to 1 GiB. Default 32 MiB.</summary>
    public long ResponseBytesMax { get; init; } = 32L << 20;

    /// <summary>What a picture may hold. Default 2,048 px a side, 4,194,304 px and 24 MiB.</summary>
    public ImageLimits Limits { get; init; } =
        new() { SideMaxPx = 2048, PixelsMax = 2048L * 2048, BytesMax = 24L << 20 };

    /// <summary>All but the key, which must not come into a log.</summary>
    public override string ToString() => $"{nameof(RemoteOptions)} {{ {Api}, {WidthPx} x {HeightPx} px }}";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        RemoteAddress.Problems(Url).Concat(NumberProblems()).Concat(TimeProblems()).Concat(TextProblems());

    private IEnumerable<OptionProblem> NumberProblems()
    {
        foreach ((string name, double value, double least, double most) in new (string, double, double, double)[]
        {
            (nameof(WidthPx), WidthPx, 64, 4096),
            (nameof(HeightPx), HeightPx, 64, 4096),
            (nameof(Steps), Steps, 1, 1000),
            (nameof(GuidanceScale), GuidanceScale, 0, 100),
            (nameof(RetriesMax), RetriesMax, 0, 20),
            (nameof(ConcurrencyMax), ConcurrencyMax, 1, 256),
            (nameof(ResponseBytesMax), ResponseBytesMax, 1 << 10, 1L << 30),
        })
        {
            if (!(value >= least && value <= most))
            {
                yield return new(name, $"is {value}; it must be {least} to {most}");
            }
        }

        if (Math.Max(WidthPx, HeightPx) > Limits.SideMaxPx || (long)WidthPx * HeightPx > Limits.PixelsMax)
        {
            yield return new(
                nameof(WidthPx),
                $"and height_px ask for {WidthPx} x {HeightPx} px; limits allow {Limits.SideMaxPx} px a side and "
                    + $"{Limits.PixelsMax} px");
        }
    }

    private IEnumerable<OptionProblem> TimeProblems()
    {
        TimeSpan hour = TimeSpan.FromHours(1);
        foreach ((string name, TimeSpan value, TimeSpan least) in new[]
        {
            (nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(100)),
            (nameof(BackOffFrom), BackOffFrom, TimeSpan.FromMilliseconds(1)),
            (nameof(BackOffTo), BackOffTo, TimeSpan.FromMilliseconds(1)),
            (nameof(RetryAfterMax), RetryAfterMax, TimeSpan.Zero),
        })
        {
            if (value < least || value > hour)
            {
                yield return new(name, $"is {value}; it must be {least} to {hour}");
            }
        }

        if (BackOffFrom > BackOffTo)
        {
            yield return new(nameof(BackOffFrom), $"is {BackOffFrom}; it must not be above back_off_to ({BackOffTo})");
        }
    }

    private IEnumerable<OptionProblem> TextProblems()
    {
        if (Key.Length > 4096 || Key.Any(letter => letter is <= ' ' or > '~'))
        {
            yield return new(nameof(Key), "is not shown; it must have at most 4096 visible ASCII characters");
        }

        foreach ((string name, string value, int most) in new[]
        {
            (nameof(Model), Model, 256),
            (nameof(Sampler), Sampler, 256),
            (nameof(NegativePrompt), NegativePrompt, 4096),
        })
        {
            if (value.Length > most)
            {
                yield return new(name, $"has {value.Length} characters; it may have {most}");
            }
        }

        foreach ((string name, string value) in new[]
        {
            (nameof(Sampler), Sampler),
            (nameof(NegativePrompt), NegativePrompt),
        })
        {
            if (Api == RemoteApi.Openai && value.Length > 0)
            {
                yield return new(name, "is given; the openai API has no such field, leave it out");
            }
        }
    }
}
