using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Heads;

/// <summary>A head in ONNX, on the embedding or on the picture. Safe to call from several workers at once.</summary>
public sealed class OnnxHead : IObjectHead, IProviderChoice
{
    private const int BatchMax = 16;

    private readonly OnnxModel _model;
    private readonly HeadOptions _options;
    private readonly OnnxTensor _input;
    private readonly OnnxTensor _output;
    private readonly ImagePreprocessor? _preprocessor; // Null for a head on the embedding.
    private readonly long[] _rowShape;
    private readonly int _rowLength;

    private OnnxHead(string name, OnnxModel model, HeadOptions options, int embeddingWidth)
    {
        (Name, _model, _options) = (name, model, options);
        _input = model.Inputs.Count == 1
            ? model.Inputs.Values.Single()
            : throw model.WrongRole($"it has {model.Inputs.Count} inputs; a head has one");
        if (!IsFloat(_input))
        {
            throw model.WrongRole($"the input {_input.Name} must be f32 or f16");
        }

        if (_input.Dimensions is [_, var width])
        {
            if (embeddingWidth < 1)
            {
                throw model.WrongRole("it takes an embedding, and no embedder section makes one");
            }

            _rowShape = width < 1 || width == embeddingWidth
                ? [embeddingWidth]
                : throw model.WrongRole($"it takes embeddings of {width} numbers; the embedder's have "
                    + $"{embeddingWidth}");
            _rowLength = embeddingWidth;
        }
        else if (_input.Dimensions is [_, 3 or -1, _, _])
        {
            Preprocessing how = Preparation(model, options, _input);
            _preprocessor = new ImagePreprocessor(how);
            (_rowShape, _rowLength) = ([3, how.Size.Height, how.Size.Width], _preprocessor.Length);
        }
        else
        {
            throw model.WrongRole($"the input {_input.Name} must be [B, D] or [B, 3, H, W]");
        }

        _output = OutputOf(model, options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public OnnxProvider Provider => _model.Provider;

    /// <inheritdoc/>
    public IReadOnlyList<string> PassedOver => _model.PassedOver;

    /// <summary>Loads a head and runs it once, so that a model that does not fit fails here.</summary>
    /// <param name="name">The filter's name.</param>
    /// <param name="options">The files and what to read.</param>
    /// <param name="embeddingWidth">The embedder's D.</param>
    /// <param name="onnx">Threads and providers.</param>
    /// <param name="stopping">Ends the first run.</param>
    /// <returns>The head; the caller disposes it.</returns>
    /// <exception cref="ModelException">A file is missing or unreadable, or the model is no head of these shapes.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<OnnxHead> LoadAsync(
        string name, HeadOptions options, int embeddingWidth, OnnxOptions onnx, CancellationToken stopping)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        OnnxModel model = OnnxModel.Load(options.Model, onnx, "head");
        try
        {
            OnnxHead head = new(name, model, options, embeddingWidth);
            await head.RunAsync(new float[head._rowLength], 1, stopping).ConfigureAwait(false);
            return head;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">A run failed.</exception>
    public async ValueTask<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<Embedded> items, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(items);
        int together = _input.Dimensions[0] > 0 ? _input.Dimensions[0] : BatchMax;
        List<double> scores = new(items.Count);
        foreach (Embedded[] batch in items.Chunk(together))
        {
            float[] rows = new float[batch.Length * _rowLength];
            for (int i = 0; i < batch.Length; i++)
            {
                Span<float> row = rows.AsSpan(i * _rowLength, _rowLength);
                if (_preprocessor is null)
                {
                    batch[i].Embedding.Span.CopyTo(row);
                }
                else
                {
                    _preprocessor.Write(batch[i].Annotated.Picture.Image, row);
                }
            }

            scores.AddRange(await RunAsync(rows, batch.Length, stopping).ConfigureAwait(false));
        }

        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private async ValueTask<double[]> RunAsync(float[] rows, int count, CancellationToken stopping)
    {
        int batch = Math.Max(count, _input.Dimensions[0]); // A model of a fixed batch is filled up.
        Array.Resize(ref rows, batch * _rowLength);
        using OrtValue input = TensorNumbers.MakeSingles(_input.ElementType, rows, [batch, .. _rowShape]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = await _model.RunAsync(
            new Dictionary<string, OrtValue> { [_input.Name] = input }, [_output.Name], stopping).ConfigureAwait(false);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        int columns = shape is [_] ? 1 : shape is [_, <= int.MaxValue and var given] ? (int)given : 0;
        if (shape.Length is 0 or > 2 || shape[0] != batch || _options.OutputIndex >= columns)
        {
            throw _model.WrongRole($"{_output.Name} came as [{string.Join(", ", shape)}] for {batch} rows, and output "
                + $"{_options.OutputIndex} of each is wanted");
        }

        float[] values = TensorNumbers.Read(outputs[0]);
        return [.. Enumerable.Range(0, count).Select(row => Score(values.AsSpan(row * columns, columns)))];
    }

    private double Score(ReadOnlySpan<float> outputs)
    {
        double own = outputs[_options.OutputIndex];
        if (_options.Activation == HeadActivation.Sigmoid)
        {
            return 1 / (1 + Math.Exp(-own));
        }

        if (_options.Activation == HeadActivation.None)
        {
            return own;
        }

        // By differences to the own output: the sum is infinite, and the score 0, before anything overflows to NaN.
        double sum = 0;
        foreach (float other in outputs)
        {
            sum += Math.Exp(other - own);
        }

        return 1 / sum;
    }

    private static OnnxTensor OutputOf(OnnxModel model, HeadOptions options)
    {
        if (options.OutputName.Length > 0)
        {
            model.Require([], [options.OutputName]);
        }

        OnnxTensor output = options.OutputName.Length > 0 ? model.Outputs[options.OutputName]
            : model.Outputs.Count == 1 ? model.Outputs.Values.Single()
            : throw model.WrongRole($"it has {model.Outputs.Count} outputs; choose one with output_name");
        return IsFloat(output) ? output : throw model.WrongRole($"the output {output.Name} must be f32 or f16");
    }

    private static Preprocessing Preparation(OnnxModel model, HeadOptions options, OnnxTensor input)
    {
        EmbedderFiles files = EmbedderFiles.Find(
            new EmbedderOptions { Model = options.Model, Preprocessor = options.Preprocessor });
        Preprocessing how = files.Preprocessor is { } path ? PreprocessingFile.Read(path)
            : input.Dimensions is [_, _, > 0 and var high, > 0 and var wide]
                ? new Preprocessing { ShortSidePx = Math.Max(high, wide), Crop = (wide, high) }
            : new Preprocessing();
        (int height, int width) = (input.Dimensions[2], input.Dimensions[3]);
        return (height < 1 || height == how.Size.Height) && (width < 1 || width == how.Size.Width)
            ? how
            : throw model.WrongRole($"the preprocessor makes pictures of {how.Size.Width} x {how.Size.Height} px and "
                + $"the model takes {width} x {height} px");
    }

    private static bool IsFloat(OnnxTensor tensor) =>
        tensor.ElementType is TensorElementType.Float or TensorElementType.Float16;
}
