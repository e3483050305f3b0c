using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Embed;

/// <summary>Finds the text half of an embedder in the layouts in use.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Tokenizer">The folder with vocab.json and merges.txt.</param>
internal sealed record TextFiles(string Model, string Tokenizer)
{
    private const string TextName = "text_model.onnx";
    private const string VocabularyName = "vocab.json";

    /// <summary>Finds the files.</summary>
    /// <exception cref="ModelException">Missing: there is no tokenizer beside the model.</exception>
    public static TextFiles Find(EmbedderOptions options)
    {
        string image = EmbedderFiles.Find(options).Model;
        string beside = Path.GetDirectoryName(Path.GetFullPath(image))!;
        string text = Path.Combine(beside, TextName);
        string model = options.TextModel.Length > 0 ? options.TextModel : File.Exists(text) ? text : image;
        return new TextFiles(model, options.Tokenizer.Length > 0 ? options.Tokenizer : TokenizerBy(model));
    }

    private static string TokenizerBy(string model)
    {
        string beside = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string above = Path.GetDirectoryName(beside) ?? beside;
        string[] places = [beside, Path.Combine(beside, "tokenizer"), above, Path.Combine(above, "tokenizer")];
        return places.FirstOrDefault(place => File.Exists(Path.Combine(place, VocabularyName)))
            ?? throw new ModelException(
                ModelFault.Missing,
                $"No {VocabularyName} is in {string.Join(", ", places)}; name the tokenizer's folder.");
    }
}
