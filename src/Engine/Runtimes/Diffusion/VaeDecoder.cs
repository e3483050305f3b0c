using Engine.Items;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Engine.Runtimes.Diffusion;

/// <summary>Turns latents into pictures.</summary>
internal sealed class VaeDecoder : IDisposable
{
    // What diffusers assumes where config.json does not say: Stable Diffusion 1.x.
    private const double UsualScaling = 0.18215;
    private const int UsualPixelsPerLatent = 8;

    private readonly OnnxTensor _input;
    private readonly string _output;
    private readonly double _scaling;
    private readonly double _shift;

    private VaeDecoder(OnnxModel model, ModelJson config)
    {
        Model = model;
        _input = model.Inputs.TryGetValue("latent_sample", out OnnxTensor? named) ? named : Only(model.Inputs.Values);
        _output = model.Outputs.ContainsKey("sample") ? "sample" : Only(model.Outputs.Values).Name;
        if (model.Inputs.Count != 1
            || _input.ElementType is not (TensorElementType.Float or TensorElementType.Float16)
            || _input.Dimensions.Count != 4)
        {
            throw model.WrongRole("expected one input latent_sample, f32 or f16 [B, C, h, w], and the output sample");
        }

        _scaling = config.Number("scaling_factor", UsualScaling, 1e-6, 1e6);
        _shift = config.Number("shift_factor", 0, -1e6, 1e6);
        PixelsPerLatent = PixelsOf(config);
        foreach (string key in new[] { "latents_mean", "latents_std" })
        {
            if (config.Find(key) is { } value)
            {
                throw config.Wrong(key, value, "absent: a mean for each channel is not supported");
            }
        }
    }

    public OnnxModel Model { get; }

    /// <summary>Pixels along a side for one value of a latent.</summary>
    public int PixelsPerLatent { get; }

    /// <summary>Latents of every run where the model fixes them, else 0.</summary>
    public int FixedRows => Math.Max(0, _input.Dimensions[0]);

    public static VaeDecoder Load(DiffusionFolder folder, int channels, OnnxOptions options)
    {
        const string Part = "vae_decoder";
        ModelJson config = folder.Config(Part);
        OnnxModel model = OnnxModel.Load(folder.Model(Part), options, Part);
        try
        {
            VaeDecoder decoder = new(model, config);
            int planes = decoder._input.Dimensions[1];
            return planes < 1 || planes == channels
                ? decoder
                : throw model.WrongRole($"it takes latents of {planes} channels and the UNet makes {channels}");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Decodes latents of one size.</summary>
    /// <returns>[rows, 3, height * p, width * p] f32, black at -1 and white at 1; rows are at least the latents.
    /// </returns>
    public async ValueTask<float[]> DecodeAsync(
        ReadOnlyMemory<float[]> latents, int height, int width, CancellationToken stopping)
    {
        int rows = FixedRows > 0 ? FixedRows : latents.Length;
        int length = latents.Span[0].Length;
        using TensorBuffer input = new(_input.ElementType, rows, length / (height * width), height, width);
        float[] scaled = new float[length];
        for (int row = 0; row < latents.Length; row++)
        {
            float[] latent = latents.Span[row];
            for (int i = 0; i < length; i++)
            {
                scaled[i] = (float)((latent[i] / _scaling) + _shift);
            }

            input.Write(row * length, scaled);
        }

        Dictionary<string, OrtValue> inputs = new() { [_input.Name] = input.Value };
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            await Model.RunAsync(inputs, [_output], stopping).ConfigureAwait(false);
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
        long[] expected = [rows, 3, (long)height * PixelsPerLatent, (long)width * PixelsPerLatent];
        return shape.SequenceEqual(expected)
            ? TensorNumbers.Read(outputs[0])
            : throw Model.WrongRole(
                $"{_output} came as [{string.Join(", ", shape)}] where [{string.Join(", ", expected)}] was expected "
                    + "(block_out_channels in its config.json says how many px a latent is)");
    }

    public void Dispose() => Model.Dispose();

    /// <summary>Each block but the first doubles the sides.</summary>
    private static int PixelsOf(ModelJson config)
    {
        if (config.Find("block_out_channels") is not { } blocks)
        {
            return UsualPixelsPerLatent;
        }

        int count = blocks.ValueKind == System.Text.Json.JsonValueKind.Array ? blocks.GetArrayLength() : 0;
        return count is >= 1 and <= 7
            ? 1 << (count - 1)
            : throw config.Wrong("block_out_channels", blocks, "a list of 1 to 7 numbers");
    }

    private static OnnxTensor Only(IEnumerable<OnnxTensor> tensors) =>
        tensors.FirstOrDefault() ?? new OnnxTensor("none", TensorElementType.DataTypeMax, []);
}
