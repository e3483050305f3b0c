using Engine.Options;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Sam;

/// <summary>A Segment Anything model used to find the object on a plain background.</summary>
public sealed record SamOptions : ICheckedOptions
{
    /// <summary>The image encoder's .onnx or .ort file. Required.</summary>
    [ConfigPath]
    public string Encoder { get; init; } = "";

    /// <summary>The mask decoder's .onnx or .ort file. Required.</summary>
    [ConfigPath]
    public string Decoder { get; init; } = "";

    /// <summary>The export's layout. Default Auto: told from the decoder's input names.</summary>
    public SamLayout Layout { get; init; }

    /// <summary>How far inside the picture's corners the four background points lie, in px of the picture. 0 to
    /// 256; at most to the picture's middle. Default 0.</summary>
    public int PointMarginPx { get; init; }

    /// <summary>Side of the encoder's frame in px where the model leaves it open. 64 to 4,096. Default 1,024.</summary>
    public int OpenSidePx { get; init; } = 1024;

    /// <summary>Threads, providers and bounds of both models.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Encoder))
        {
            yield return new(nameof(Encoder), "is empty; it must name the encoder's .onnx or .ort file");
        }

        if (string.IsNullOrWhiteSpace(Decoder))
        {
            yield return new(nameof(Decoder), "is empty; it must name the decoder's .onnx or .ort file");
        }

        if (!Enum.IsDefined(Layout))
        {
            yield return new(nameof(Layout), $"is {Layout}; it must be auto, sam2, sam or optimum");
        }

        if (PointMarginPx is < 0 or > 256)
        {
            yield return new(nameof(PointMarginPx), $"is {PointMarginPx}; it must be 0 to 256 px");
        }

        if (OpenSidePx is < 64 or > 4096)
        {
            yield return new(nameof(OpenSidePx), $"is {OpenSidePx}; it must be 64 to 4096 px");
        }
    }
}
