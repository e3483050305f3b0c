using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>Makes pictures of prompts with a model of the Stable Diffusion family (docs/spec/generators.md).</summary>
/// <remarks>
/// <para>Two halves, <see cref="DenoiseAsync"/> and <see cref="DecodeAsync"/>. Safe to call from several workers at
/// once: one batch is denoised and one decoded at a time, the others wait, so two workers keep both halves busy. The
/// work is on the thread pool and never on the caller's thread.</para>
/// <para>A picture's noise comes of its own seed alone, each text is encoded alone, and no step mixes the rows of a
/// batch; what a provider's arithmetic does with batches of different sizes is its own affair (on the processor the
/// tests find no difference of a bit).</para>
/// </remarks>
public sealed partial class DiffusionGenerator : IImageGenerator, IProviderChoice
{
    private readonly DiffusionOptions _options;
    private readonly DiffusionParts _parts;
    private readonly Denoiser _denoiser;
    private readonly TextEncoding? _negative; // Null without guidance by a second row.
    private readonly IReadOnlyDictionary<string, string> _lineage;
    private readonly BatchCeiling _unetCeiling;
    private readonly BatchCeiling _decoderCeiling;
    private readonly Action<string>? _report;
    private readonly SemaphoreSlim _denoising = new(1, 1); // Guards the texts' cache, too.
    private readonly SemaphoreSlim _decoding = new(1, 1);
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

    /// <inheritdoc/>
    public OnnxProvider Provider => _parts.Unet.Model.Provider;

    /// <inheritdoc/>
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
                decoding = DecodeAsync(made, stopping).AsTask();
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

    /// <summary>The second half: latents to pictures, while the next batch may be denoised.</summary>
    /// <param name="latents">What <see cref="DenoiseAsync"/> made.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome a prompt, in order: a picture, or a drop (nonfinite).</returns>
    /// <exception cref="ModelException">A run failed, or one picture alone does not fit in memory.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> DecodeAsync(
        DiffusionLatents latents, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(latents);
        await _decoding.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => DecodeAllAsync(latents, stopping), stopping).ConfigureAwait(false);
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parts.Dispose();
        _denoising.Dispose();
        _decoding.Dispose();
    }
}
