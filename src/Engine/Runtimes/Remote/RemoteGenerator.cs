using System.Globalization;
using System.Text;
using Engine.Flow;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.Remote;

/// <summary>Has pictures made by a server: OpenAI's image API or AUTOMATIC1111's.</summary>
/// <remarks>docs/spec/generators-remote.md has the requests and when they are made again. Safe to call from several
/// workers at once; they share the places of <see cref="RemoteOptions.ConcurrencyMax"/>.</remarks>
public sealed class RemoteGenerator : IImageGenerator
{
    private readonly RemoteOptions _options;
    private readonly IRemoteProtocol _protocol;
    private readonly RemoteClient _client;
    private readonly RemoteAnswer _answer;

    private RemoteGenerator(string name, RemoteOptions options, TimeProvider clock, HttpMessageHandler handler)
    {
        (Name, _options) = (name, options);
        _protocol = options.Api == RemoteApi.Openai ? new OpenaiProtocol() : new Automatic1111Protocol();
        _client = new RemoteClient(name, options, RemoteAddress.Of(options.Url, _protocol.Path), clock, handler);
        _answer = new RemoteAnswer(_protocol, _client.Shown, options.Limits);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int BatchMax => _options.ConcurrencyMax;

    /// <inheritdoc/>
    /// <remarks>By the limits: a server may answer with another size than it was asked for.</remarks>
    public long PictureBytesMax =>
        3 * Math.Min(_options.Limits.PixelsMax, (long)_options.Limits.SideMaxPx * _options.Limits.SideMaxPx);

    /// <summary>Makes a generator; asks nothing of the server yet.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Address, request and bounds.</param>
    /// <param name="clock">Times requests and waits.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static RemoteGenerator Open(string name, RemoteOptions options, TimeProvider clock)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        return Open(name, options, clock, RemoteClient.NewHandler(options));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        return await Task.WhenAll(prompts.Select(prompt => GenerateAsync(prompt, stopping))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    internal static RemoteGenerator Open(
        string name, RemoteOptions options, TimeProvider clock, HttpMessageHandler handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(clock);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        return new RemoteGenerator(name, options, clock, handler);
    }

    private async Task<Outcome<Generated>> GenerateAsync(Prompt prompt, CancellationToken stopping)
    {
        byte[] request = Encoding.UTF8.GetBytes(_protocol.Request(prompt, _options).ToJsonString());
        Outcome<byte[]> answer = await _client.PostAsync(request, prompt.Seed, stopping).ConfigureAwait(false);
        if (answer.DropReason is { } failed)
        {
            return Outcome.Drop<Generated>(failed, answer.Detail);
        }

        Outcome<RgbImage> image = _answer.Read(answer.Value!);
        return image.DropReason is { } bad
            ? Outcome.Drop<Generated>(bad, image.Detail)
            : Outcome.Keep(new Generated(image.Value!, LineageOf(prompt, image.Value!)));
    }

    private Dictionary<string, string> LineageOf(Prompt prompt, RgbImage image)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        Dictionary<string, string> lineage = new(_protocol.Lineage(prompt, _options))
        {
            ["api"] = _options.Api.ToString(),
            ["url"] = _client.Shown,
            ["model"] = _options.Model.Length > 0 ? _options.Model : "the server's choice",
            ["width"] = image.Width.ToString(plain),
            ["height"] = image.Height.ToString(plain),
        };
        if ((image.Width, image.Height) != (_options.WidthPx, _options.HeightPx))
        {
            lineage["size_asked"] = $"{_options.WidthPx}x{_options.HeightPx}";
        }

        return lineage;
    }
}
