using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>Makes pictures of prompts with a model of the Stable Diffusion family (docs/spec/generators.md).</summary>
/// <remarks>
/// <para>Two halves, <see cref="DenoiseAsync"/> and <see cref="DecodeAsync"/>: each takes one call at a time, and one
/// batch may be decoded while the next is denoised. <see cref="GenerateAsync"/> does both, and overlaps them where a
/// call takes several batches.</para>
/// <para>A picture's noise comes of its own seed alone, each text is encoded alone, and no step mixes the rows of a
/// batch; what a provider's arithmetic does with batches of different sizes is its own affair (on the processor the
/// tests find no difference of a bit).</para>
/// </remarks>
public sealed partial class DiffusionGenerator : IImageGenerator
{
    private readonly DiffusionOptions _options;
    private readonly DiffusionParts _parts;
    private readonly Denoiser _denoiser;
    private readonly TextEncoding? _negative; // Null without guidance by a second row.
    private readonly IReadOnlyDictionary<string, string> _lineage;
    private readonly BatchCeiling _unetCeiling;
    private readonly BatchCeiling _decoderCeiling;
    private readonly Action<string>? _report;
    private long _promptsCut;

    private DiffusionGenerator(
        string name, DiffusionOptions options, DiffusionParts parts, TextEncoding? negative, Action<string>? report)
    {
        (Name, _options, _parts, _negative, _report) = (name, options, parts, negative, report);
        _generator = new("generator", name);
        _denoiser = new Denoiser(
            parts.Unet, SchedulerFactory.Make(parts.Kind, parts.Config, options.Steps));
        _unetCeiling = new BatchCeiling(options.BatchMax, PicturesOf(parts.Unet, negative is not null));
        _decoderCeiling = new BatchCeiling(options.BatchMax, parts.Decoder.FixedRows);
        _lineage = LineageOf(options, parts);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int BatchMax => _options.BatchMax;

    /// <inheritdoc/>
    public long PictureBytesMax => 3L * _parts.Size.Width * _parts.Size.Height
        * _parts.Decoder.PixelsPerLatent * _parts.Decoder.PixelsPerLatent;

    /// <summary>Pictures that the UNet makes at one time; below <see cref="BatchMax"/> once memory did not suffice.
    /// </summary>
    public int BatchCeiling => _unetCeiling.Now;

    /// <summary>The provider that computes the UNet.</summary>
    public OnnxProvider Provider => _parts.Unet.Model.Provider;

    /// <summary>One line for each preferred provider that did not load, for the log.</summary>
    public IReadOnlyList<string> PassedOver => _parts.Unet.Model.PassedOver;

    /// <summary>The first 16 hex digits of a SHA-256 over the model's files.</summary>
    public string Revision => _parts.Revision;

    /// <summary>Prompts so far that were longer than the text encoder's context.</summary>
    public long PromptsCut => Interlocked.Read(ref _promptsCut);

    /// <inheritdoc/>
    /// <exception cref="ModelException">A run failed, or one picture alone does not fit in memory.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        List<Outcome<Generated>> outcomes = new(prompts.Count);
        Task<IReadOnlyList<Outcome<Generated>>>? decoding = null;
        try
        {
            for (int done = 0; done < prompts.Count;)
            {
                DiffusionLatents made =
                    await DenoiseNextAsync([.. prompts.Skip(done)], stopping).ConfigureAwait(false);
                done += made.Prompts.Count;
                outcomes.AddRange(decoding is null ? [] : await decoding.ConfigureAwait(false));
                decoding = Task.Run(() => DecodeAsync(made, stopping).AsTask(), stopping);
            }

            outcomes.AddRange(decoding is null ? [] : await decoding.ConfigureAwait(false));
            return outcomes;
        }
        finally
        {
            // A batch that failed must not leave the one before it running in models that may be disposed next.
            await Task.WhenAny(decoding ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    /// <summary>The first half: prompts to latents.</summary>
    /// <param name="prompts">1 or more, each with its seed; in batches of at most <see cref="BatchCeiling"/>.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One latent a prompt, in order.</returns>
    /// <exception cref="ModelException">A run failed, or one picture alone does not fit in memory.</exception>
    public async ValueTask<DiffusionLatents> DenoiseAsync(IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        List<float[]> values = [];
        List<int> cut = [];
        while (values.Count < prompts.Count)
        {
            DiffusionLatents made =
                await DenoiseNextAsync([.. prompts.Skip(values.Count)], stopping).ConfigureAwait(false);
            values.AddRange(made.Values);
            cut.AddRange(made.Cut);
        }

        return new DiffusionLatents(prompts, [.. values], [.. cut]);
    }

    /// <summary>The second half: latents to pictures. May run while the next batch is denoised.</summary>
    /// <param name="latents">What <see cref="DenoiseAsync"/> made.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome a prompt, in order: a picture, or a drop (nonfinite).</returns>
    /// <exception cref="ModelException">A run failed, or one picture alone does not fit in memory.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> DecodeAsync(
        DiffusionLatents latents, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(latents);
        Outcome<Generated>[] outcomes = new Outcome<Generated>[latents.Prompts.Count];
        int[] sound = [.. Enumerable.Range(0, outcomes.Length).Where(i => IsFinite(latents.Values[i]))];
        foreach (int i in Enumerable.Range(0, outcomes.Length).Except(sound))
        {
            outcomes[i] = Outcome.Drop<Generated>(
                RejectReason.NonFinite, "the latent is not finite after the last step");
        }

        for (int done = 0; done < sound.Length;)
        {
            int size = Math.Min(_decoderCeiling.Now, sound.Length - done);
            int[] batch = sound[done..(done + size)];
            try
            {
                await DecodeBatchAsync(latents, batch, outcomes, stopping).ConfigureAwait(false);
                done += size;
            }
            catch (ModelException full) when (full.Fault == ModelFault.OutOfMemory && _decoderCeiling.CanFall(size))
            {
                _decoderCeiling.FallBelow(size);
                HalvingsTotal.Add(1, _generator, OfDecoder);
            }
        }

        return outcomes;
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    /// <summary>Denoises as many prompts as fit, from the first on.</summary>
    private async ValueTask<DiffusionLatents> DenoiseNextAsync(Prompt[] prompts, CancellationToken stopping)
    {
        while (true)
        {
            Prompt[] batch = prompts[..Math.Min(_unetCeiling.Now, prompts.Length)];
            TextEncoding[] texts = await EncodeAsync(batch, stopping).ConfigureAwait(false);
            try
            {
                float[][] values = await _denoiser.RunAsync(
                    RowsOf(_parts, _options, texts, _negative), [.. batch.Select(prompt => prompt.Seed)], stopping)
                    .ConfigureAwait(false);
                CountCut(batch, texts);
                return new DiffusionLatents(batch, values, [.. texts.Select(text => text.Cut)]);
            }
            catch (ModelException full)
                when (full.Fault == ModelFault.OutOfMemory && _unetCeiling.CanFall(batch.Length))
            {
                _unetCeiling.FallBelow(batch.Length);
                HalvingsTotal.Add(1, _generator, OfUnet);
            }
        }
    }

    private async ValueTask<TextEncoding[]> EncodeAsync(Prompt[] batch, CancellationToken stopping)
    {
        TextEncoding[] texts = new TextEncoding[batch.Length];
        for (int i = 0; i < batch.Length; i++)
        {
            (texts[i], bool found) = await _parts.Texts.EncodeAsync(batch[i].Text, stopping).ConfigureAwait(false);
            TextsTotal.Add(1, _generator, found ? Cached : Computed);
        }

        return texts;
    }

    private async ValueTask DecodeBatchAsync(
        DiffusionLatents latents, int[] batch, Outcome<Generated>[] outcomes, CancellationToken stopping)
    {
        (int height, int width) = (_parts.Size.Height, _parts.Size.Width);
        float[] planes = await _parts.Decoder
            .DecodeAsync(batch.Select(i => latents.Values[i]).ToArray(), height, width, stopping).ConfigureAwait(false);
        (int rows, int columns) = (height * _parts.Decoder.PixelsPerLatent, width * _parts.Decoder.PixelsPerLatent);
        for (int place = 0; place < batch.Length; place++)
        {
            int length = 3 * rows * columns;
            Outcome<RgbImage> image = LatentPixels.Make(planes.AsSpan(place * length, length), columns, rows);
            outcomes[batch[place]] = image.DropReason is { } reason
                ? Outcome.Drop<Generated>(reason, image.Detail)
                : Outcome.Keep(new Generated(image.Value!, LineageOf(latents, batch[place])));
        }
    }

    private static bool IsFinite(float[] values) => values.All(float.IsFinite);
}
