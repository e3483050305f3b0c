using System.Globalization;
using Engine.Runtimes.Clip;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Diffusion.Text;

/// <summary>One text encoder with its tokenizer.</summary>
internal sealed class TextEncoder : IDisposable
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";
    private const string Last = "last_hidden_state";
    private const string States = "hidden_states.";
    private const string PooledName = "text_embeds";

    private readonly ClipTokenizer _tokenizer;
    private readonly bool _masksPadding;
    private readonly string[] _outputs;

    private TextEncoder(OnnxModel model, ModelJson config, string tokenizer, bool penultimate, bool pooled)
    {
        Model = model;
        _masksPadding = config.Flag("use_attention_mask", false);
        string hidden = penultimate ? Penultimate(model) : Last;
        _outputs = pooled ? [hidden, PooledName] : [hidden];
        model.Require([Ids], _outputs);
        foreach (OnnxTensor input in model.Inputs.Values)
        {
            Check(model, input);
        }

        int declared = model.Inputs[Ids].Dimensions[1];
        int said = config.Whole("max_position_embeddings", 0, 0, 1_000_000);
        _tokenizer = ClipTokenizerFolder.Read(tokenizer, declared > 0 ? declared : said);
        if (declared > 0 && _tokenizer.Context != declared)
        {
            throw model.WrongRole(
                $"the tokenizer {tokenizer} makes {_tokenizer.Context} tokens and {Ids} takes {declared}");
        }
    }

    public OnnxModel Model { get; }

    /// <summary>Tokens of a text that fit, start and end not counted.</summary>
    public int TokensMax => _tokenizer.Context - 2;

    /// <summary>Loads an encoder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="part">text_encoder or text_encoder_2; its tokenizer ends alike.</param>
    /// <param name="penultimate">True: the hidden state before the last (SDXL); false: the last, normalised.</param>
    /// <param name="pooled">Whether the vector of the whole text is wanted too.</param>
    /// <param name="options">Threads and providers.</param>
    public static TextEncoder Load(
        DiffusionFolder folder, string part, bool penultimate, bool pooled, OnnxOptions options)
    {
        string tokenizer = folder.Part(part.Replace("text_encoder", "tokenizer", StringComparison.Ordinal));
        ModelJson config = folder.Config(part);
        OnnxModel model = OnnxModel.Load(folder.Model(part), options, part);
        try
        {
            return new TextEncoder(model, config, tokenizer, penultimate, pooled);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Encodes one text, always alone: its encoding can then not depend on the texts beside it.</summary>
    public async ValueTask<TextEncoding> EncodeAsync(string text, CancellationToken stopping)
    {
        ClipTokens tokens = _tokenizer.Encode(text);
        Dictionary<string, OrtValue> inputs = [];
        try
        {
            foreach (OnnxTensor input in Model.Inputs.Values)
            {
                double[] values = input.Name == Ids
                    ? [.. tokens.Ids.Select(id => (double)id)]
                    : [.. tokens.Ids.Select((_, i) => i < tokens.Used || !_masksPadding ? 1.0 : 0.0)];
                inputs[input.Name] = TensorNumbers.Make(input.ElementType, values, [1, tokens.Ids.Length]);
            }

            using IDisposableReadOnlyCollection<OrtValue> outputs =
                await Model.RunAsync(inputs, _outputs, stopping).ConfigureAwait(false);
            long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
            return shape is [1, > 0 and <= int.MaxValue and var count, > 0 and <= int.MaxValue and var width]
                ? new TextEncoding(
                    TensorNumbers.Read(outputs[0]), (int)count, (int)width,
                    _outputs.Length > 1 ? TensorNumbers.Read(outputs[1]) : [], tokens.Cut)
                : throw Model.WrongRole($"{_outputs[0]} came as [{string.Join(", ", shape)}] for one text");
        }
        finally
        {
            foreach (OrtValue input in inputs.Values)
            {
                input.Dispose();
            }
        }
    }

    public void Dispose() => Model.Dispose();

    private static void Check(OnnxModel model, OnnxTensor input)
    {
        TensorNumbers.Require(model, input);
        if (input.Name is not (Ids or Mask) || input.Dimensions is not [1 or < 0, _])
        {
            throw model.WrongRole($"input {input} must be {Ids} or {Mask}, [1 or open, tokens]");
        }
    }

    /// <summary>Exports with hidden states number them from 0, the embedding, to the last layer.</summary>
    private static string Penultimate(OnnxModel model)
    {
        int last = model.OutputNames
            .Where(name => name.StartsWith(States, StringComparison.Ordinal))
            .Select(name => name[States.Length..])
            .Select(digits => int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : -1)
            .DefaultIfEmpty(-1).Max();
        return last >= 1
            ? $"{States}{last - 1}"
            : throw model.WrongRole($"expected outputs {States}0, {States}1 ...; export it with its hidden states");
    }
}
