using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion.Text;

/// <summary>The one or two text encoders of a model, and what they said of the texts used last.</summary>
/// <remarks>One call at a time.</remarks>
internal sealed class TextConditioner : IDisposable
{
    // 270 encodings of SD 1.x, 100 of SDXL.
    private const long CacheBytesMax = 64 << 20;

    private readonly EncodingCache _cache = new(CacheBytesMax);
    private readonly IReadOnlyList<TextEncoder> _encoders;
    private readonly bool _zerosForNone;

    private TextConditioner(IReadOnlyList<TextEncoder> encoders, bool zerosForNone) =>
        (_encoders, _zerosForNone) = (encoders, zerosForNone);

    /// <summary>Tokens of a text that fit into every encoder.</summary>
    public int TokensMax => _encoders.Min(encoder => encoder.TokensMax);

    /// <summary>The models, for provider and log.</summary>
    public IEnumerable<OnnxModel> Models => _encoders.Select(encoder => encoder.Model);

    /// <summary>Loads the encoders that the UNet wants.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="pooled">Whether the UNet takes the vector of the whole text: SDXL, with two encoders.</param>
    /// <param name="options">Threads and providers.</param>
    /// <exception cref="ModelException">A part is missing or not of its role.</exception>
    public static TextConditioner Load(DiffusionFolder folder, bool pooled, OnnxOptions options)
    {
        List<TextEncoder> encoders = [];
        try
        {
            encoders.Add(TextEncoder.Load(folder, "text_encoder", pooled, pooled: false, options));
            if (pooled)
            {
                encoders.Add(TextEncoder.Load(folder, "text_encoder_2", penultimate: true, pooled: true, options));
            }

            return new TextConditioner(encoders, folder.ZerosForNoPrompt);
        }
        catch
        {
            encoders.ForEach(encoder => encoder.Dispose());
            throw;
        }
    }

    /// <summary>Encodes a text, or finds what it was encoded to.</summary>
    /// <returns>The encoding, and whether it was found.</returns>
    public async ValueTask<(TextEncoding Encoding, bool Found)> EncodeAsync(string text, CancellationToken stopping)
    {
        if (_cache.Find(text) is { } known)
        {
            return (known, true);
        }

        TextEncoding encoding = await _encoders[0].EncodeAsync(text, stopping).ConfigureAwait(false);
        foreach (TextEncoder encoder in _encoders.Skip(1))
        {
            TextEncoding more = await encoder.EncodeAsync(text, stopping).ConfigureAwait(false);
            encoding = Beside(encoding, more, encoder.Model);
        }

        _cache.Add(text, encoding);
        return (encoding, false);
    }

    /// <summary>Encodes the negative prompt; an empty one may stand for zeros.</summary>
    public async ValueTask<TextEncoding> EncodeNegativeAsync(string text, CancellationToken stopping)
    {
        (TextEncoding encoding, _) = await EncodeAsync(text, stopping).ConfigureAwait(false);
        return text.Length == 0 && _zerosForNone ? encoding.Zeros() : encoding;
    }

    public void Dispose()
    {
        foreach (TextEncoder encoder in _encoders)
        {
            encoder.Dispose();
        }
    }

    /// <summary>Puts each token's vectors of two encoders beside each other.</summary>
    private static TextEncoding Beside(TextEncoding first, TextEncoding second, OnnxModel model)
    {
        if (first.Tokens != second.Tokens)
        {
            throw model.WrongRole($"it gives {second.Tokens} tokens and the first text encoder {first.Tokens}");
        }

        int width = first.Width + second.Width;
        float[] hidden = new float[first.Tokens * width];
        for (int token = 0; token < first.Tokens; token++)
        {
            Span<float> row = hidden.AsSpan(token * width, width);
            first.Hidden.AsSpan(token * first.Width, first.Width).CopyTo(row);
            second.Hidden.AsSpan(token * second.Width, second.Width).CopyTo(row[first.Width..]);
        }

        return new TextEncoding(hidden, first.Tokens, width, second.Pooled, Math.Max(first.Cut, second.Cut));
    }
}
