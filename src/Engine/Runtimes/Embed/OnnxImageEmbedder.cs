using Engine.Flow;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Embed;

/// <summary>Embeds pictures with an ONNX model. Safe to call from several workers at once.</summary>
public sealed class OnnxImageEmbedder : IImageEmbedder, IProviderChoice
{
    private const int TextTokens = 77; // CLIP's context, where the model leaves the length open.

    private readonly OnnxModel _model;
    private readonly ImagePreprocessor _preprocessor;
    private readonly Preprocessing _how;
    private readonly EmbedderShape _shape;
    private readonly BatchCeiling _ceiling; // Pictures in one run.

    private OnnxImageEmbedder(string name, OnnxModel model, EmbedderFiles files, EmbedderOptions options)
    {
        (Name, _model) = (name, model);
        _how = files.Preprocessor is { } path ? PreprocessingFile.Read(path) : Clip(model);
        _preprocessor = new ImagePreprocessor(_how);
        _shape = EmbedderShape.Of(model, options.OutputName, _how.Size);
        BatchMax = _shape.FixedBatch > 0 ? Math.Min(_shape.FixedBatch, options.BatchMax) : options.BatchMax;
        _ceiling = new BatchCeiling(BatchMax, _shape.FixedBatch);
        Width = _shape.Width;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <summary>Names the model's files and how it prepares pictures, 16 hexadecimal digits: rows of another revision
    /// are not comparable.</summary>
    public string Revision { get; private set; } = "";

    /// <inheritdoc/>
    public int BatchMax { get; }

    /// <inheritdoc/>
    public OnnxProvider Provider => _model.Provider;

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => _model.PassedOver;

    /// <summary>Pictures in one run at most; below <see cref="BatchMax"/> once a run found no memory.</summary>
    public int BatchCeiling => _ceiling.Now;

    /// <summary>Loads the model and embeds one black picture, so that a model that cannot run fails here.</summary>
    /// <param name="name">The configured name, for lineage and messages.</param>
    /// <param name="options">Files and bounds.</param>
    /// <param name="stopping">Ends the first run.</param>
    /// <returns>The embedder; the caller disposes it.</returns>
    /// <exception cref="ModelException">A file is missing or unreadable, or the model is not of this role.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<OnnxImageEmbedder> LoadAsync(
        string name, EmbedderOptions options, CancellationToken stopping)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        CheckedOptions.ThrowOnProblem(options, nameof(options));

        EmbedderFiles files = EmbedderFiles.Find(options);
        OnnxModel model = OnnxModel.Load(files.Model, options.Onnx, "embedder");
        try
        {
            OnnxImageEmbedder embedder = new(name, model, files, options);
            (_, embedder.Width) = await embedder.RunAsync([new RgbImage(1, 1, [0, 0, 0])], stopping)
                .ConfigureAwait(false);
            embedder.Revision = await files.RevisionAsync(stopping).ConfigureAwait(false);
            return embedder;
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
    public async ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(
        IReadOnlyList<RgbImage> images, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(images);
        List<Outcome<float[]>> outcomes = new(images.Count);
        while (outcomes.Count < images.Count)
        {
            int size = Math.Min(_ceiling.Now, images.Count - outcomes.Count);
            RgbImage[] batch = [.. images.Skip(outcomes.Count).Take(size)];
            try
            {
                (float[] rows, int width) = await RunAsync(batch, stopping).ConfigureAwait(false);
                outcomes.AddRange(batch.Select((_, row) => UnitVector.Of(rows.AsSpan(row * width, width))));
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

    /// <summary>CLIP's preprocessing at the size that the model declares.</summary>
    private static Preprocessing Clip(OnnxModel model) =>
        model.Inputs.TryGetValue("pixel_values", out OnnxTensor? pixels)
        && pixels.Dimensions is [_, _, > 0 and var height, > 0 and var width]
            ? new Preprocessing { ShortSidePx = Math.Max(height, width), Crop = (width, height) }
            : new Preprocessing();

    /// <summary>Runs one batch.</summary>
    /// <returns>[at least the pictures, D] f32, and D.</returns>
    private async ValueTask<(float[] Rows, int Width)> RunAsync(RgbImage[] images, CancellationToken stopping)
    {
        int rows = _shape.FixedBatch > 0 ? _shape.FixedBatch : images.Length;
        float[] pixels = new float[rows * _preprocessor.Length];
        for (int i = 0; i < images.Length; i++)
        {
            _preprocessor.Write(images[i], pixels.AsSpan(i * _preprocessor.Length, _preprocessor.Length));
        }

        Dictionary<string, OrtValue> inputs = [];
        try
        {
            inputs.Add(
                _shape.Pixels.Name,
                TensorNumbers.MakeSingles(
                    _shape.Pixels.ElementType, pixels, [rows, 3, _how.Size.Height, _how.Size.Width]));
            foreach (OnnxTensor text in _shape.Texts)
            {
                inputs.Add(text.Name, AnyText(text));
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs =
                await _model.RunAsync(inputs, [_shape.Output.Name], stopping).ConfigureAwait(false);
            long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
            return shape is [var given, > 0 and <= int.MaxValue and var width] && given == rows
                && (Width == 0 || Width == width)
                ? (TensorNumbers.Read(outputs[0]), (int)width)
                : throw _model.WrongRole(
                    $"{_shape.Output.Name} came as [{string.Join(", ", shape)}] for {rows} pictures");
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    /// <summary>One text for a model that wants one; the picture's embedding does not depend on it.</summary>
    private static OrtValue AnyText(OnnxTensor text)
    {
        int texts = Math.Max(1, text.Dimensions[0]);
        int tokens = text.Dimensions[1] < 1 ? TextTokens : text.Dimensions[1];
        long[] values = new long[texts * tokens];
        Array.Fill(values, text.Name == "attention_mask" ? 1 : 0);
        return OrtValue.CreateTensorValueFromMemory(values, [texts, tokens]);
    }
}
