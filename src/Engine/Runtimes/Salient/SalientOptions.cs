using Engine.Options;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Salient;

/// <summary>A salient-object model of the U2-Net family: u2net, u2netp, silueta, isnet.</summary>
public sealed record SalientOptions : ICheckedOptions
{
    /// <summary>The model's .onnx or .ort file. Required.</summary>
    [ConfigPath]
    public string Model { get; init; } = "";

    /// <summary>Mean of R, G, B on 0 to 1; 3 values. Default ImageNet's; isnet takes 0.5.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.485, 0.456, 0.406];

    /// <summary>Standard deviation of R, G, B on 0 to 1; 3 values above 0. Default ImageNet's; isnet takes 1.</summary>
    public IReadOnlyList<double> Std { get; init; } = [0.229, 0.224, 0.225];

    /// <summary>Side of the model's frame in px where the model leaves it open. 64 to 4,096. Default 320.</summary>
    public int OpenSidePx { get; init; } = 320;

    /// <summary>Threads, providers and bounds.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return new(nameof(Model), "is empty; it must name the model's .onnx or .ort file");
        }

        if (Mean.Count != 3 || !Mean.All(value => value is >= 0 and <= 1))
        {
            yield return new(nameof(Mean), $"is [{string.Join(", ", Mean)}]; it must be 3 values from 0 to 1");
        }

        if (Std.Count != 3 || !Std.All(value => value is >= 0.001 and <= 1))
        {
            yield return new(nameof(Std), $"is [{string.Join(", ", Std)}]; it must be 3 values from 0.001 to 1");
        }

        if (OpenSidePx is < 64 or > 4096)
        {
            yield return new(nameof(OpenSidePx), $"is {OpenSidePx}; it must be 64 to 4096 px");
        }
    }
}
