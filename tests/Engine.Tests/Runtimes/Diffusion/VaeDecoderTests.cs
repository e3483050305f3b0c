using Engine.Flow;
using Engine.Items;
using Engine.Runtimes;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Onnx;

namespace Engine.Tests.Runtimes.Diffusion;

public sealed class VaeDecoderTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("""{"scaling_factor": 0.5, "shift_factor": 0.25, "block_out_channels": [1]}""", 0.5, 0.25)]
    [InlineData("""{"shift_factor": null, "block_out_channels": [1]}""", 0.18215, 0)]
    public async Task Latent_is_divided_by_the_scaling_factor_and_shifted(string config, double scaling, double shift)
    {
        _model.Json("vae_decoder/config.json", config)
            .Model("vae_decoder", new TinyOnnx().Input("latent_sample", [-1, 4, -1, -1])
                .Constant("rgb", [3], 0L, 1L, 2L).Node("Gather", ["latent_sample", "rgb"], ["sample"], ("axis", 1L))
                .Output("sample", [-1, 3, -1, -1]));
        using VaeDecoder decoder = VaeDecoder.Load(
            DiffusionFolder.Open(_model.Path), channels: 4, new OnnxOptions { ThreadsMax = 1 });
        float[][] latents =
        [
            [.. Enumerable.Range(0, 8).Select(i => i * 0.1f)], [.. Enumerable.Range(0, 8).Select(i => i * -0.2f)],
        ];

        float[] planes = await decoder.DecodeAsync(latents, 1, 2, TestContext.Current.CancellationToken);

        Assert.Equal(
            latents.SelectMany(latent => latent[..6]).Select(value => (float)((value / scaling) + shift)), planes);
    }

    [Fact]
    public void Planes_become_rgb_bytes_from_black_at_minus_1_to_white_at_1()
    {
        float[] planes = [-1, -2, 0, 0.5f, 1, 3]; // [3, 1, 2]: two red, two green, two blue.

        Outcome<RgbImage> image = PlanarPixels.Make(planes, width: 2, height: 1, black: -1);

        Assert.Equal([0, 128, 255, 0, 191, 255], image.Value!.Pixels);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Value_that_is_not_finite_drops_the_picture(float value) => Assert.Equal(
        RejectReason.NonFinite,
        PlanarPixels.Make([0, 0, 0, 0, 0, value], width: 2, height: 1, black: -1).DropReason);
}
