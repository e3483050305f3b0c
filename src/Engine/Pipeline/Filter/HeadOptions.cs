using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>A model that gives one number for an object: aesthetic, not safe for work, and the like.</summary>
public sealed record HeadOptions : ICheckedOptions
{
    /// <summary>The model's .onnx or .ort file. Its only input is f32 or f16: [B, D] takes the embedding, of the
    /// embedder's D and of length 1; [B, 3, H, W] takes the whole picture as it was generated. Required.</summary>
    [ConfigPath]
    public string Model { get; init; } = "";

    /// <summary>For a model of pictures, the preprocessor_config.json. Default: the file of that name beside the model
    /// or above a folder onnx; without one, CLIP's values at the size that the model declares.</summary>
    [ConfigPath]
    public string Preprocessor { get; init; } = "";

    /// <summary>The output to read: f32 or f16, [B] or [B, C]. Default: the only one.</summary>
    public string OutputName { get; init; } = "";

    /// <summary>Which of C outputs is the score; must be 0 where there is one. 0 to 1,000,000. Default 0.</summary>
    public int OutputIndex { get; init; }

    /// <summary>none, sigmoid or softmax, applied before the output is taken. Default none.</summary>
    public HeadActivation Activation { get; init; }

    /// <summary>The least score that passes; absent: any. Default absent.</summary>
    public double? Min { get; init; }

    /// <summary>The largest score that passes; absent: any. Default absent.</summary>
    public double? Max { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return new(nameof(Model), "is empty; it must name the model's file");
        }

        if (OutputIndex is < 0 or > 1_000_000)
        {
            yield return new(nameof(OutputIndex), $"is {OutputIndex}; it must be 0 to 1000000");
        }

        if (Min is not null and not (>= double.MinValue and <= double.MaxValue))
        {
            yield return new(nameof(Min), $"is {Min}; it must be a finite number");
        }

        if (Max is not null and not (>= double.MinValue and <= double.MaxValue))
        {
            yield return new(nameof(Max), $"is {Max}; it must be a finite number");
        }

        if (Min > Max)
        {
            yield return new(nameof(Min), $"is {Min}; it must be at most max ({Max})");
        }
    }
}
