using System.Text.Json;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Clip;

/// <summary>Reads a tokenizer folder: vocab.json, merges.txt, tokenizer_config.json, special_tokens_map.json.</summary>
internal static class ClipTokenizerFolder
{
    private const long VocabularyBytesMax = 64 << 20;
    private const int ContextMax = 4096;
    private const int ContextDefault = 77;

    private const string StartText = "<|startoftext|>";
    private const string EndText = "<|endoftext|>";

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="encoderContext">Tokens the text encoder takes; 0 when it does not say.</param>
    /// <exception cref="ModelException">Missing or Unreadable: names file, value and what was expected.</exception>
    public static ClipTokenizer Read(string folder, int encoderContext)
    {
        if (!Directory.Exists(folder))
        {
            throw new ModelException(
                ModelFault.Missing,
                $"The tokenizer folder {folder} is not there; it must hold vocab.json and merges.txt.");
        }

        ClipVocabulary vocabulary = ClipVocabulary.Read(Path.Combine(folder, "vocab.json"), VocabularyBytesMax);
        ModelJson? config = Optional(Path.Combine(folder, "tokenizer_config.json"));
        ModelJson? map = Optional(Path.Combine(folder, "special_tokens_map.json"));

        // The tokenizers' own rule: the map wins, unless the configuration lists its added tokens; SD 2.x pads by it.
        ModelJson?[] order = config?.Find("added_tokens_decoder") is null ? [map, config] : [config, map];
        (string start, string end) = (Token(order, "bos_token") ?? StartText, Token(order, "eos_token") ?? EndText);
        Dictionary<string, int> ids = new(StringComparer.Ordinal)
        {
            [start] = vocabulary.Id(start, "bos_token"),
            [end] = vocabulary.Id(end, "eos_token"),
        };
        string padding = Token(order, "pad_token") ?? end;
        int? unknown = Token(order, "unk_token") is { } text ? vocabulary.Id(text, "unk_token") : null;
        return new ClipTokenizer(
            ClipMerges.Read(Path.Combine(folder, "merges.txt"), VocabularyBytesMax, vocabulary, unknown),
            new ClipSpecials(ids[start], ids[end], vocabulary.Id(padding, "pad_token"), ids),
            Context(config, encoderContext));
    }

    private static ModelJson? Optional(string path) => File.Exists(path) ? ModelJson.Read(path) : null;

    /// <summary>A special token: a text, or an object whose content is one.</summary>
    private static string? Token(ModelJson?[] order, string key)
    {
        foreach (ModelJson? json in order)
        {
            if (json?.Find(key) is not { } value)
            {
                continue;
            }

            bool isObject = value.ValueKind == JsonValueKind.Object;
            JsonElement content = isObject && value.TryGetProperty("content", out JsonElement found) ? found : value;
            return content.ValueKind == JsonValueKind.String && content.GetString() is { Length: > 0 } text
                ? text
                : throw json.Wrong(key, value, "a text or an object with the text content");
        }

        return null;
    }

    /// <summary>The smaller of what tokenizer and encoder say; exporters write 1e30 for no limit.</summary>
    private static int Context(ModelJson? config, int encoderContext)
    {
        double said = config?.Number("model_max_length", double.MaxValue, 3, double.MaxValue) ?? double.MaxValue;
        double context = Math.Min(said, encoderContext > 0 ? encoderContext : double.MaxValue);
        return context <= ContextMax ? (int)context : ContextDefault;
    }
}
