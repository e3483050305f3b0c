using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Goal: every layout in use loads and gives the same pictures as the plain one, or differs as it should.
/// </summary>
public sealed class DiffusionLayoutTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("OnnxStableDiffusionPipeline")]
    [InlineData("ORTStableDiffusionPipeline")]
    [InlineData("LatentConsistencyModelPipeline")]
    public async Task Pipelines_of_every_exporter_are_taken(string name)
    {
        byte[] expected = await PictureAsync();

        _model.Json("model_index.json", $"{{\"_class_name\": \"{name}\", \"safety_checker\": [null, null]}}");

        Assert.Equal(expected, await PictureAsync());
    }

    [Fact]
    public async Task Old_names_types_and_shapes_give_the_same_picture()
    {
        byte[] expected = await PictureAsync();

        _model.Model("text_encoder", DiffusionGraphs.TextEncoder(ids: TinyOnnx.Int32))
            .Model("unet", DiffusionGraphs.Unet(timestepShape: [-1]));
        File.Delete(_model.File("text_encoder/config.json"));
        File.Move(_model.File("unet/model.onnx"), _model.File("unet/diffusion.onnx"));

        Assert.Equal(expected, await PictureAsync());
    }

    [Fact]
    public async Task Half_precision_gives_the_same_picture_within_its_rounding()
    {
        byte[] expected = await PictureAsync();

        _model.Model("text_encoder", DiffusionGraphs.TextEncoder(TinyOnnx.Float16))
            .Model("unet", DiffusionGraphs.Unet(TinyOnnx.Float16))
            .Model("vae_decoder", DiffusionGraphs.Decoder(TinyOnnx.Float16));

        byte[] actual = await PictureAsync();
        Assert.All(actual.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -2, 2));
        Assert.NotEqual(expected.Distinct(), [actual[0]]);
    }

    [Fact]
    public async Task Model_of_a_fixed_batch_is_filled_up_and_gives_the_same_pictures()
    {
        using DiffusionGenerator open = await _model.LoadAsync();
        var prompts = Enumerable.Range(0, 3).Select(i => TinyDiffusion.Prompt("cat", (ulong)i)).ToArray();
        byte[][] expected = await DiffusionGeneratorTests.PixelsAsync(open, prompts);

        _model.Model("unet", DiffusionGraphs.Unet(rows: 4)).Model("vae_decoder", DiffusionGraphs.Decoder(rows: 1));
        using DiffusionGenerator closed = await _model.LoadAsync();

        Assert.Equal(2, closed.BatchCeiling);
        Assert.Equal(expected, await DiffusionGeneratorTests.PixelsAsync(closed, prompts));
    }

    [Fact]
    public async Task Weights_in_a_file_beside_the_model_are_found()
    {
        byte[] expected = await PictureAsync();
        File.WriteAllBytes(_model.File("vae_decoder/weights.pb"), BitConverter.GetBytes(0.05f));

        _model.Model("vae_decoder", new TinyOnnx().Input("latent_sample", [-1, 4, -1, -1])
            .Constant("rgb", [3], 0L, 1L, 2L).Node("Gather", ["latent_sample", "rgb"], ["g"], ("axis", 1L))
            .ConstantInFile("soft", [1], "weights.pb").Node("Mul", ["g", "soft"], ["q"])
            .Node("Tanh", ["q"], ["sample"]).Output("sample", [-1, 3, -1, -1]));

        Assert.Equal(expected, await PictureAsync());
    }

    [Fact]
    public async Task Guidance_of_a_consistency_model_is_fed_and_not_computed_by_a_second_row()
    {
        TinyOnnx graph = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [], rows: 1)
            .Input("timestep_cond", [-1, 4]).Node("ReduceSum", ["timestep_cond"], ["w"]).Node("Mul", ["s", "w"], ["o"])
            .Output();
        _model.Model("unet", graph)
            .Json("unet/config.json", """{"in_channels": 4, "sample_size": 8, "time_cond_proj_dim": 4}""")
            .Json("scheduler/scheduler_config.json", """{"_class_name": "LCMScheduler"}""");

        // A batch fixed to one row would be refused with a guidance of two.
        byte[] eight = await PictureAsync(options => options with { GuidanceScale = 8 });
        byte[] two = await PictureAsync(options => options with { GuidanceScale = 2 });

        Assert.NotEqual(eight, two);
    }

    [Fact]
    public async Task Two_encoders_give_their_states_before_the_last_beside_each_other_and_one_vector()
    {
        _model.Xl(DiffusionGraphs.Unet());
        using TextConditioner texts = TextConditioner.Load(
            DiffusionFolder.Open(_model.Path), pooled: true, new OnnxOptions { ThreadsMax = 1 });

        (TextEncoding encoding, bool found) = await texts.EncodeAsync("!", Token);

        // Ids: start 512, "!" at a word's end 256, end 513; hidden_states.1 of three and .2 of four.
        Assert.False(found);
        Assert.Equal((DiffusionGraphs.Tokens, 2 * DiffusionGraphs.Width), (encoding.Tokens, encoding.Width));
        Assert.Equal(
            [0.512, 1.024, 1.536, 2.048, 0.768, 1.536, 2.304, 3.072],
            encoding.Hidden[8..16].Select(value => Math.Round(value, 4)));
        Assert.Equal([512, 256], encoding.Pooled);
        Assert.True((await texts.EncodeAsync("!", Token)).Found);
        Assert.All((await texts.EncodeNegativeAsync("", Token)).Hidden, value => Assert.Equal(0, value));
        Assert.NotEqual(0, (await texts.EncodeNegativeAsync("!", Token)).Hidden[0]);
    }

    [Fact]
    public async Task Second_tokenizer_pads_by_its_own_files()
    {
        _model.Xl(DiffusionGraphs.Unet());
        using TextConditioner texts = TextConditioner.Load(
            DiffusionFolder.Open(_model.Path), pooled: true, new OnnxOptions { ThreadsMax = 1 });

        float[] hidden = (await texts.EncodeAsync("!", Token)).Encoding.Hidden;

        // The last token: 513, the end again, in the first; 0, "!", in the second.
        Assert.Equal([1.026, 0], [Math.Round(hidden[^8], 4), hidden[^4]]);
    }

    [Fact]
    public async Task Large_model_makes_pictures_from_text_vector_and_size()
    {
        TinyOnnx graph = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [])
            .Input("text_embeds", [-1, 2]).Input("time_ids", [-1, 6])
            .Node("ReduceMean", ["text_embeds"], ["v"], ("axes", new[] { 1L })).Node("Reshape", ["v", "spread"], ["w"])
            .Node("ReduceMean", ["time_ids"], ["n"], ("axes", new[] { 1L })).Node("Reshape", ["n", "spread"], ["r"])
            .Node("Add", ["s", "h"], ["a"]).Node("Add", ["a", "w"], ["b"]).Node("Add", ["b", "r"], ["c"])
            .Node("Sin", ["c"], ["o"]).Output();
        _model.Xl(graph);

        using DiffusionGenerator generator = await _model.LoadAsync(
            options => options with { Scheduler = SchedulerKind.EulerAncestral, Steps = 2 });
        byte[][] made = await DiffusionGeneratorTests.PixelsAsync(
            generator, TinyDiffusion.Prompt("cat", 1), TinyDiffusion.Prompt("dog", 1));

        Assert.NotEqual(made[0], made[1]);
    }

    [Fact]
    public async Task Unet_without_memory_is_run_by_halves_and_the_ceiling_is_kept()
    {
        TinyOnnx hungry = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, []).Hungry("sample")
            .Node("Add", ["s", "h"], ["a"]).Node("Sin", ["a"], ["b"]).Node("Add", ["b", "zero"], ["o"]).Output();
        using DiffusionGenerator generator = await _model.Model("unet", hungry).LoadAsync();
        var prompts = Enumerable.Range(0, 4).Select(i => TinyDiffusion.Prompt("cat", (ulong)i)).ToArray();

        byte[][] together = await DiffusionGeneratorTests.PixelsAsync(generator, prompts);

        Assert.Equal(1, generator.BatchCeiling); // With guidance a picture takes two rows, and four are too many.
        Assert.Equal(4, generator.BatchMax);
        Assert.Equal(together[3], (await DiffusionGeneratorTests.PixelsAsync(generator, prompts[3]))[0]);
    }

    [Fact]
    public async Task Decoder_without_memory_is_run_by_halves()
    {
        _model.Model("vae_decoder", new TinyOnnx().Input("latent_sample", [-1, 4, -1, -1]).Hungry("latent_sample")
            .Constant("rgb", [3], 0L, 1L, 2L).Node("Gather", ["latent_sample", "rgb"], ["g"], ("axis", 1L))
            .Node("Add", ["g", "zero"], ["sample"]).Output("sample", [-1, 3, -1, -1]));
        using DiffusionGenerator generator = await _model.LoadAsync();
        var prompts = Enumerable.Range(0, 4).Select(i => TinyDiffusion.Prompt("cat", (ulong)i)).ToArray();

        byte[][] together = await DiffusionGeneratorTests.PixelsAsync(generator, prompts);

        Assert.Equal(4, generator.BatchCeiling);
        Assert.Equal(together[3], (await DiffusionGeneratorTests.PixelsAsync(generator, prompts[3]))[0]);
    }

    [Fact]
    public async Task One_picture_without_memory_ends_the_call()
    {
        TinyOnnx hungry = DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [], rows: 4).Hungry("sample")
            .Node("Add", ["s", "zero"], ["o"]).Output();
        _model.Model("unet", hungry);

        ModelException thrown = await Assert.ThrowsAsync<ModelException>(() => _model.LoadAsync());

        Assert.Equal(ModelFault.OutOfMemory, thrown.Fault);
    }

    private async Task<byte[]> PictureAsync(Func<DiffusionOptions, DiffusionOptions>? with = null)
    {
        using DiffusionGenerator generator = await _model.LoadAsync(with);
        return (await DiffusionGeneratorTests.PixelsAsync(generator, TinyDiffusion.Prompt("cat", 3)))[0];
    }
}
