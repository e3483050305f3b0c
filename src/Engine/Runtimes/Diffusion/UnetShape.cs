using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Diffusion;

/// <summary>What a UNet takes and gives, by its own declaration and its config.json.</summary>
internal sealed record UnetShape
{
    public const string Sample = "sample";
    public const string Timestep = "timestep";
    public const string Hidden = "encoder_hidden_states";
    public const string Pooled = "text_embeds";
    public const string Sizes = "time_ids";
    public const string Guidance = "timestep_cond";

    private const int SizeCount = 6; // Height and width before cropping, the crop's corner, height and width.
    private const int ChannelsMax = 256;

    private static readonly string[] Known = [Sample, Timestep, Hidden, Pooled, Sizes, Guidance];

    /// <summary>The output that is read.</summary>
    public required string Output { get; init; }

    /// <summary>Planes of a latent.</summary>
    public required int Channels { get; init; }

    /// <summary>Whether it takes a text's one vector and the picture's size (SDXL).</summary>
    public required bool TakesPooled { get; init; }

    /// <summary>Width of the guidance embedding (LCM), 0 when it takes none.</summary>
    public required int GuidanceWidth { get; init; }

    /// <summary>Rows of every run where the model fixes them, else 0.</summary>
    public required int FixedRows { get; init; }

    /// <summary>Side lengths of a latent where the model fixes them, else 0.</summary>
    public required (int Height, int Width) FixedSize { get; init; }

    /// <summary>The latent's side lengths that config.json names, 0 when it names none.</summary>
    public required (int Height, int Width) UsualSize { get; init; }

    /// <summary>Reads the declaration.</summary>
    /// <exception cref="ModelException">WrongRole: names, types or shapes are not such a UNet's.</exception>
    public static UnetShape Of(OnnxModel model, ModelJson config)
    {
        model.Require([Sample, Timestep, Hidden], []);
        foreach (OnnxTensor input in model.Inputs.Values)
        {
            TensorNumbers.Require(model, input);
            if (!Known.Contains(input.Name))
            {
                throw model.WrongRole($"the input {input.Name} is unknown; known are {string.Join(", ", Known)}");
            }
        }

        OnnxTensor sample = model.Inputs[Sample];
        if (!IsFloat(sample) || sample.Dimensions is not [var rows, var planes, var height, var width]
            || !IsFloat(model.Inputs[Hidden]) || model.Inputs[Hidden].Dimensions.Count != 3
            || model.Inputs[Timestep].Dimensions.Count > 1)
        {
            throw model.WrongRole(
                $"{Sample} must be f32 or f16 [B, C, h, w], {Hidden} [B, tokens, width], {Timestep} a scalar or [B]");
        }

        int channels = config.Whole("in_channels", Math.Max(0, planes), 0, ChannelsMax);
        int given = config.Whole("out_channels", channels, 0, ChannelsMax);
        return channels == 0 || (planes > 0 && planes != channels) || given != channels
            ? throw model.WrongRole($"{config.Path} and {Sample} must name one number of channels in and out; they "
                + $"name in_channels {channels}, out_channels {given} and {planes}")
            : new UnetShape
            {
                Output = OutputOf(model),
                Channels = channels,
                TakesPooled = TakesPooledOf(model),
                GuidanceWidth = GuidanceWidthOf(model, config),
                FixedRows = Math.Max(0, rows),
                FixedSize = (Math.Max(0, height), Math.Max(0, width)),
                UsualSize = UsualSizeOf(config),
            };
    }

    private static string OutputOf(OnnxModel model)
    {
        const string Usual = "out_sample";
        return model.Outputs.ContainsKey(Usual) ? Usual
            : model.OutputNames.Count == 1 ? model.OutputNames[0]
            : throw model.WrongRole($"it has {model.OutputNames.Count} outputs and none is {Usual}");
    }

    private static bool TakesPooledOf(OnnxModel model)
    {
        bool pooled = model.Inputs.ContainsKey(Pooled);
        if (pooled != model.Inputs.ContainsKey(Sizes)
            || (pooled && model.Inputs[Sizes].Dimensions is not [_, SizeCount or < 0]))
        {
            throw model.WrongRole($"it must have both {Pooled} and {Sizes} [B, {SizeCount}], or neither");
        }

        return pooled;
    }

    private static int GuidanceWidthOf(OnnxModel model, ModelJson config)
    {
        if (!model.Inputs.TryGetValue(Guidance, out OnnxTensor? input))
        {
            return 0;
        }

        int declared = input.Dimensions is [_, var width] ? Math.Max(0, width) : 0;
        int said = config.Whole("time_cond_proj_dim", declared, 2, 1 << 16);
        return said > 0 && (declared == 0 || declared == said)
            ? said
            : throw model.WrongRole($"{Guidance} must be [B, d] with d as time_cond_proj_dim in {config.Path}, {said}");
    }

    private static (int Height, int Width) UsualSizeOf(ModelJson config)
    {
        if (config.Find("sample_size") is { ValueKind: System.Text.Json.JsonValueKind.Array } pair)
        {
            int[] sides = [.. pair.EnumerateArray().Select(side => side.TryGetInt32(out int whole) ? whole : 0)];
            return sides is [> 0 and <= 1024, > 0 and <= 1024]
                ? (sides[0], sides[1])
                : throw config.Wrong("sample_size", pair, "one or two whole numbers from 1 to 1024");
        }

        int side = config.Whole("sample_size", 0, 1, 1024);
        return (side, side);
    }

    private static bool IsFloat(OnnxTensor tensor) =>
        tensor.ElementType is TensorElementType.Float or TensorElementType.Float16;
}
