using System.Globalization;
using Engine.Flow;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Gan;

/// <summary>Makes pictures with a GAN in ONNX: one run from noise, and a class where the model has classes.</summary>
/// <remarks>docs/spec/generators-remote.md has the names and shapes. The prompt's text is not used. Safe to call from
/// several workers at once.</remarks>
public sealed class GanGenerator : IImageGenerator, IProviderChoice
{
    private readonly GanOptions _options;
    private readonly OnnxModel _model;
    private readonly GanShape _shape;
    private readonly BatchCeiling _ceiling;
    private readonly Dictionary<string, int> _classes;
    private readonly Dictionary<string, string> _lineage = [];
    private (int Width, int Height) _size; // Of every picture; of none before the first run.

    private GanGenerator(string name, GanOptions options, OnnxModel model)
    {
        (Name, _options, _model) = (name, options, model);
        _shape = GanShape.Of(model, options);
        BatchMax = _shape.FixedBatch > 0 ? Math.Min(_shape.FixedBatch, options.BatchMax) : options.BatchMax;
        _ceiling = new BatchCeiling(BatchMax, _shape.FixedBatch);
        _classes = options.Classes.ToDictionary(
            entry => entry.Name, entry => entry.Id, StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int BatchMax { get; }

    /// <inheritdoc/>
    public long PictureBytesMax => 3L * _size.Width * _size.Height;

    /// <inheritdoc/>
    public OnnxProvider Provider => _model.Provider;

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => _model.PassedOver;

    /// <summary>Pictures in one run at most; below <see cref="BatchMax"/> once a run found no memory.</summary>
    public int BatchCeiling => _ceiling.Now;

    /// <summary>Loads the model and makes one picture, so that a model that cannot run fails here.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Model, classes and bounds.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="ModelException">The file is missing, unreadable or not of its role, or the classes do not fit.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<GanGenerator> LoadAsync(
        string name, GanOptions options, CancellationToken stopping)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        OnnxModel model = OnnxModel.Load(options.Model, options.Onnx, "gan");
        try
        {
            GanGenerator generator = new(name, options, model);
            int first = options.Classes.Count > 0 ? options.Classes[0].Id : 0;
            (_, generator._size) = await generator.RunAsync([(0UL, first)], stopping).ConfigureAwait(false);
            await generator.DescribeAsync(stopping).ConfigureAwait(false);
            return generator;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A run that finds no memory is made again with half the pictures, and later batches stay at that.
    /// </remarks>
    /// <exception cref="ModelException">A run failed, or one picture alone does not fit in memory.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        Outcome<Generated>[] outcomes = new Outcome<Generated>[prompts.Count];
        List<int> known = new(prompts.Count);
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (ClassOf(prompts[i]) is null)
            {
                outcomes[i] = Outcome.Drop<Generated>(
                    RejectReason.NoSource, $"no class for '{prompts[i].Category}' among {_classes.Count}");
            }
            else
            {
                known.Add(i);
            }
        }

        for (int done = 0; done < known.Count;)
        {
            int size = Math.Min(_ceiling.Now, known.Count - done);
            try
            {
                await MakeAsync(prompts, known.GetRange(done, size), outcomes, stopping).ConfigureAwait(false);
                done += size;
            }
            catch (ModelException full) when (full.Fault == ModelFault.OutOfMemory && _ceiling.CanFall(size))
            {
                _ceiling.FallBelow(size);
            }
        }

        return outcomes;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    /// <summary>The prompt's class; 0 where the model knows none, null where its category is not among the classes.
    /// </summary>
    private int? ClassOf(Prompt prompt) =>
        _classes.Count == 0 ? 0 : _classes.TryGetValue(prompt.Category, out int id) ? id : null;

    private async Task MakeAsync(
        IReadOnlyList<Prompt> prompts, List<int> batch, Outcome<Generated>[] outcomes, CancellationToken stopping)
    {
        (ulong Seed, int Class)[] rows = [.. batch.Select(i => (prompts[i].Seed, ClassOf(prompts[i]) ?? 0))];
        (float[] planes, (int width, int height)) = await RunAsync(rows, stopping).ConfigureAwait(false);
        int length = 3 * width * height;
        float black = _options.OutputRange == GanRange.ZeroToOne ? 0 : -1;
        for (int row = 0; row < rows.Length; row++)
        {
            Outcome<RgbImage> image = PlanarPixels.Make(planes.AsSpan(row * length, length), width, height, black);
            outcomes[batch[row]] = image.DropReason is { } reason
                ? Outcome.Drop<Generated>(reason, image.Detail)
                : Outcome.Keep(new Generated(image.Value!, LineageOf(rows[row])));
        }
    }

    /// <summary>Runs one batch.</summary>
    /// <returns>[at least the pictures, 3, H, W] f32, and the size.</returns>
    private async ValueTask<(float[] Planes, (int Width, int Height) Size)> RunAsync(
        (ulong Seed, int Class)[] rows, CancellationToken stopping)
    {
        int batch = _shape.FixedBatch > 0 ? _shape.FixedBatch : rows.Length;
        Dictionary<string, OrtValue> inputs = GanInputs.Make(_shape, _options.Truncation, rows, batch);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs =
                await _model.RunAsync(inputs, [_shape.Output], stopping).ConfigureAwait(false);
            long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
            return shape is [var made, 3, > 0 and <= RgbImage.SideMaxPx and var height,
                    > 0 and <= RgbImage.SideMaxPx and var width]
                && made == batch && (_size == default || _size == ((int)width, (int)height))
                ? (TensorNumbers.Read(outputs[0]), ((int)width, (int)height))
                : throw _model.WrongRole($"{_shape.Output} came as [{string.Join(", ", shape)}] for {batch} pictures; "
                    + $"expected [{batch}, 3, height, width] of one size, up to {RgbImage.SideMaxPx} px a side");
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    private async Task DescribeAsync(CancellationToken stopping)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        _lineage["family"] = "gan";
        _lineage["model"] = Path.GetFileName(_options.Model);
        _lineage["model_revision"] = await ModelRevision.OfFileAsync(_options.Model, stopping).ConfigureAwait(false);
        _lineage["provider"] = _model.Provider.ToString();
        _lineage["truncation"] = _options.Truncation.ToString(plain);
        _lineage["width"] = _size.Width.ToString(plain);
        _lineage["height"] = _size.Height.ToString(plain);
    }

    private Dictionary<string, string> LineageOf((ulong Seed, int Class) row)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        Dictionary<string, string> lineage = new(_lineage) { ["seed"] = row.Seed.ToString(plain) };
        if (_shape.Label is not null)
        {
            lineage["class"] = row.Class.ToString(plain);
        }

        return lineage;
    }
}
