using Engine.Options;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Clip;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Embed;

/// <summary>Embeds texts with the text half of a CLIP. Safe to call from several workers at once.</summary>
public sealed class OnnxTextEmbedder : ITextEmbedder
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";
    private const string Pixels = "pixel_values";
    private const string Output = "text_embeds";
    private const int OpenSidePx = 224; // CLIP's, where a whole CLIP leaves the size of the picture it wants open.

    private readonly OnnxModel _model;
    private readonly ClipTokenizer _tokenizer;

    private OnnxTextEmbedder(OnnxModel model, ClipTokenizer tokenizer) => (_model, _tokenizer) = (model, tokenizer);

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <summary>Loads the model and embeds one text, so that a model that cannot run fails here.</summary>
    /// <param name="options">Files and bounds.</param>
    /// <param name="stopping">Ends the first run.</param>
    /// <returns>The embedder; the caller disposes it.</returns>
    /// <exception cref="ModelException">A file is missing or unreadable, or the model is not of this role.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<OnnxTextEmbedder> LoadAsync(EmbedderOptions options, CancellationToken stopping)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        TextFiles files = TextFiles.Find(options);
        OnnxModel model = OnnxModel.Load(files.Model, options.Onnx, "text_embedder");
        try
        {
            model.Require([Ids], [Output]);
            if (model.Inputs.Values.FirstOrDefault(input => input.Name is not (Ids or Mask or Pixels)) is { } unknown)
            {
                throw model.WrongRole($"the input {unknown.Name} is unknown; known are {Ids}, {Mask} and {Pixels}");
            }

            int context = Math.Max(0, model.Inputs[Ids].Dimensions[^1]);
            OnnxTextEmbedder embedder = new(model, ClipTokenizerFolder.Read(files.Tokenizer, context));
            embedder.Width = (await embedder.EmbedAsync(["a photo"], stopping).ConfigureAwait(false))[0].Length;
            return embedder;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ModelException">A run failed, or an embedding has no direction.</exception>
    public async ValueTask<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(texts);
        float[][] points = new float[texts.Count][];
        for (int i = 0; i < points.Length; i++)
        {
            // One at a time: texts are few and kept, and a text's point can then not depend on those beside it.
            points[i] = await EmbedAsync(texts[i], stopping).ConfigureAwait(false);
        }

        return points;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private async ValueTask<float[]> EmbedAsync(string text, CancellationToken stopping)
    {
        ClipTokens tokens = _tokenizer.Encode(text);
        Dictionary<string, OrtValue> inputs = [];
        try
        {
            foreach (OnnxTensor input in _model.Inputs.Values)
            {
                inputs[input.Name] = input.Name == Pixels ? AnyPicture(input) : Numbers(input, tokens);
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs =
                await _model.RunAsync(inputs, [Output], stopping).ConfigureAwait(false);
            return UnitVector.Of(TensorNumbers.Read(outputs[0])) is { Value: { } unit }
                ? unit
                : throw _model.WrongRole($"{Output} of \"{text}\" has no direction");
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    private static OrtValue Numbers(OnnxTensor input, ClipTokens tokens)
    {
        double[] values = input.Name == Ids
            ? [.. tokens.Ids.Select(id => (double)id)]
            : [.. tokens.Ids.Select((_, i) => i < tokens.Used ? 1.0 : 0.0)];
        return TensorNumbers.Make(input.ElementType, values, [1, values.Length]);
    }

    /// <summary>One grey picture for a whole CLIP, which wants one; the text's embedding does not depend on it.
    /// </summary>
    private static OrtValue AnyPicture(OnnxTensor input)
    {
        int height = input.Dimensions[2] < 1 ? OpenSidePx : input.Dimensions[2];
        int width = input.Dimensions[3] < 1 ? OpenSidePx : input.Dimensions[3];
        return TensorNumbers.MakeSingles(
            input.ElementType, new float[3 * height * width], [1, 3, height, width]);
    }
}
