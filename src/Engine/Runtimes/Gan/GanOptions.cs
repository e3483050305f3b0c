using Engine.Options;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Gan;

/// <summary>A model that makes a picture of noise, and of a class where it has classes.</summary>
public sealed record GanOptions : ICheckedOptions
{
    /// <summary>The model's .onnx or .ort file. Required.</summary>
    [ConfigPath]
    public string Model { get; init; } = "";

    /// <summary>The noise input, [B, Z] or [B, Z, 1, 1]. Empty when it is to be told from the model. Default empty.
    /// </summary>
    public string NoiseInput { get; init; } = "";

    /// <summary>Length Z of the noise where the model leaves it open; 0 when it does not. 0 to 65,536. Default 0.
    /// </summary>
    public int NoiseLength { get; init; }

    /// <summary>The label input: numbers [B] or [B, 1], or one-hot [B, C]. Empty when it is to be told from the model.
    /// Default empty.</summary>
    public string LabelInput { get; init; } = "";

    /// <summary>The picture output, [B, 3, H, W]. Empty for the model's first. Default empty.</summary>
    public string OutputName { get; init; } = "";

    /// <summary>
    /// The categories it can make and their numbers in the model; up to 100,000. Empty only for a model without labels,
    /// which then answers every category. Default empty.
    /// </summary>
    public IReadOnlyList<GanClass> Classes { get; init; } = [];

    /// <summary>Standard deviation of the noise; below 1 gives likelier and more alike pictures. 0.01 to 2. Default 1.
    /// </summary>
    public double Truncation { get; init; } = 1;

    /// <summary>What the model gives for black and white. Default minus_one_to_one.</summary>
    public GanRange OutputRange { get; init; }

    /// <summary>Prompts taken in one call. 1 to 256. Default 8.</summary>
    public int BatchMax { get; init; } = 8;

    /// <summary>Threads, providers and bounds.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            yield return new(nameof(Model), "is empty; it must name the model's .onnx or .ort file");
        }

        if (NoiseLength is < 0 or > 65_536)
        {
            yield return new(nameof(NoiseLength), $"is {NoiseLength}; it must be 0 (the model's) to 65536");
        }

        if (!(Truncation is >= 0.01 and <= 2))
        {
            yield return new(nameof(Truncation), $"is {Truncation}; it must be 0.01 to 2");
        }

        if (BatchMax is < 1 or > 256)
        {
            yield return new(nameof(BatchMax), $"is {BatchMax}; it must be 1 to 256 prompts");
        }

        if (NoiseInput.Length > 0 && NoiseInput == LabelInput)
        {
            yield return new(nameof(LabelInput), $"is {LabelInput}, as noise_input is; they are two inputs");
        }

        if (Classes.Count > 100_000)
        {
            yield return new(nameof(Classes), $"has {Classes.Count} entries; it may have 100000");
        }

        string[] twice =
        [
            .. Classes.GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
                .Where(same => same.Count() > 1).Select(same => same.Key),
        ];
        if (twice.Length > 0)
        {
            yield return new(nameof(Classes), $"names {string.Join(", ", twice.Take(5))} more than once");
        }
    }
}
