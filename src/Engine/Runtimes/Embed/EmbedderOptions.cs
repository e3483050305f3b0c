using Engine.Options;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Embed;

/// <summary>A model that turns pictures into points: CLIP, DINOv2, a classifier without its head.</summary>
public sealed record EmbedderOptions : ICheckedOptions
{
    /// <summary>
    /// The model's .onnx or .ort file; or its folder, in which vision_model.onnx, model.onnx or the only .onnx file is
    /// taken, there or in a folder onnx. Required.
    /// </summary>
    [ConfigPath]
    public string Model { get; init; } = "";

    /// <summary>
    /// The preprocessor_config.json. Default: the file of that name beside the model or one folder up; without one,
    /// CLIP's values.
    /// </summary>
    [ConfigPath]
    public string Preprocessor { get; init; } = "";

    /// <summary>The output to read, [B, D]. Default: image_embeds, or else the model's only output.</summary>
    public string OutputName { get; init; } = "";

    /// <summary>The text half, for filters by text: its .onnx file. Default: text_model.onnx beside the model, or else
    /// the model itself.</summary>
    [ConfigPath]
    public string TextModel { get; init; } = "";

    /// <summary>The folder with vocab.json and merges.txt, for filters by text. Default: the model's folder, a folder
    /// tokenizer in it, or one folder up.</summary>
    [ConfigPath]
    public string Tokenizer { get; init; } = "";

    /// <summary>Pictures in one run at most. 1 to 256. Default 16.</summary>
    public int BatchMax { get; init; } = 16;

    /// <summary>Threads, providers and bounds.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return new(nameof(Model), "is empty; it must name the model's file or folder");
        }

        if (BatchMax is < 1 or > 256)
        {
            yield return new(nameof(BatchMax), $"is {BatchMax}; it must be 1 to 256 pictures");
        }
    }
}
