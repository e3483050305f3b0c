using Engine.Items;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Onnx;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Goal: a folder that cannot make pictures is refused at load, in one line with file, value and what was
/// expected.</summary>
public sealed class DiffusionRefusalTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Folder_that_is_none_is_refused()
    {
        await AssertRefusedAsync(
            ModelFault.Missing, "is not there; it must be a folder that holds model_index.json",
            options => options with { Folder = _model.File("absent") });
        await AssertRefusedAsync(
            ModelFault.Missing, "is a file; give the folder that holds model_index.json",
            options => options with { Folder = _model.File("model_index.json") });
        await AssertRefusedAsync(
            ModelFault.Missing, "holds no model_index.json",
            options => options with { Folder = _model.File("unet") });
    }

    [Theory]
    [InlineData("StableDiffusion3Pipeline")]
    [InlineData("FluxPipeline")]
    [InlineData("OnnxStableDiffusionInpaintPipeline")]
    public async Task Another_pipeline_is_refused_with_those_that_are_known(string name)
    {
        _model.Json("model_index.json", $"{{\"_class_name\": \"{name}\"}}");

        await AssertRefusedAsync(
            ModelFault.Unreadable,
            $"has _class_name {name}; it must be StableDiffusionPipeline, StableDiffusionXLPipeline, "
                + "LatentConsistencyModelPipeline, also with Onnx or ORT before it");
    }

    [Theory]
    [InlineData("scheduler")]
    [InlineData("tokenizer")]
    [InlineData("text_encoder")]
    [InlineData("unet")]
    [InlineData("vae_decoder")]
    public async Task Missing_part_is_named(string part)
    {
        Directory.Delete(_model.File(part), recursive: true);

        await AssertRefusedAsync(ModelFault.Missing, part);
    }

    [Fact]
    public async Task Missing_second_encoder_of_a_large_model_is_named()
    {
        _model.Xl(Xl());
        Directory.Delete(_model.File("text_encoder_2"), recursive: true);

        await AssertRefusedAsync(ModelFault.Missing, "text_encoder_2 is not there; the diffusion model");
    }

    [Theory]
    [InlineData("unet", 0)]
    [InlineData("unet", 2)]
    public async Task Folder_without_one_model_is_refused_with_how_many_it_holds(string part, int count)
    {
        File.Delete(_model.File($"{part}/model.onnx"));
        Enumerable.Range(0, count).ToList().ForEach(i => File.WriteAllBytes(_model.File($"{part}/{i}.onnx"), [1]));

        await AssertRefusedAsync(ModelFault.Missing, $"holds {count} .onnx files and none is model.onnx");
    }

    [Fact]
    public async Task Wrong_names_are_listed()
    {
        TinyOnnx decoder = DiffusionGraphs.Decoder();

        await AssertPartAsync("unet", decoder, "input sample, input timestep, input encoder_hidden_states missing");
        await AssertPartAsync("text_encoder", decoder, "input input_ids, output last_hidden_state missing");
        await AssertPartAsync(
            "vae_decoder", DiffusionGraphs.TextEncoder(), "expected one input latent_sample, f32 or f16 [B, C, h, w]");
        await AssertPartAsync(
            "unet", DiffusionGraphs.Unet().Input("image_embeds", [-1, 4]), "the input image_embeds is unknown; known");
        await AssertPartAsync(
            "unet", DiffusionGraphs.Unet().Input("text_embeds", [-1, 4]), "both text_embeds and time_ids [B, 6]");
        await AssertPartAsync(
            "unet", DiffusionGraphs.Unet().Input("timestep_cond", [-1, -1]), "timestep_cond must be [B, d]");
    }

    [Fact]
    public async Task Large_model_whose_encoder_has_no_hidden_states_is_refused()
    {
        _model.Xl(Xl()).Model("text_encoder", DiffusionGraphs.TextEncoder());

        await AssertRefusedAsync(ModelFault.WrongRole, "expected outputs hidden_states.0, hidden_states.1 ...");
    }

    [Theory]
    [InlineData("unet/config.json", """{"in_channels": 9, "sample_size": 8}""", "in_channels 9, out_channels 9 and 4")]
    [InlineData("unet/config.json", """{"in_channels": 4, "out_channels": 8}""", "in_channels 4, out_channels 8")]
    [InlineData("unet/config.json", """{"in_channels": 4}""", "has no sample_size, so HeightPx must be set")]
    [InlineData("unet/config.json", """{"sample_size": [8]}""", "has sample_size [8]; it must be one or two whole")]
    [InlineData("unet/config.json", """{"sample_size": 0}""", "has sample_size 0; it must be a whole number from 1")]
    [InlineData("vae_decoder/config.json", """{"scaling_factor": 0}""", "has scaling_factor 0; it must be a number")]
    [InlineData("vae_decoder/config.json", """{"latents_mean": [0]}""", "has latents_mean [0]; it must be absent")]
    [InlineData("vae_decoder/config.json", """{"block_out_channels": 7}""", "has block_out_channels 7; it must be")]
    [InlineData("vae_decoder/config.json", """{"block_out_channels": [1, 2]}""", "where [1, 3, 16, 16] was expected")]
    [InlineData("text_encoder/config.json", """{"max_position_embeddings": 3""", "is not JSON")]
    [InlineData("tokenizer/tokenizer_config.json", """{"model_max_length": 5}""", "makes 5 tokens and input_ids takes")]
    [InlineData("tokenizer/merges.txt", "a b c", "has \"a b c\" in line 1")]
    [InlineData("scheduler/scheduler_config.json", """{"_class_name": "UniPC"}""", "it must be DDIMScheduler")]
    public async Task Wrong_value_of_a_file_is_named(string file, string content, string expected)
    {
        _model.Json(file, content);

        await AssertRefusedAsync(null, expected);
    }

    [Fact]
    public async Task Options_that_the_model_cannot_do_are_refused()
    {
        await AssertRefusedAsync(
            ModelFault.WrongRole, "Karras is true and the scheduler is Ddim",
            options => options with { Karras = true });
        await AssertRefusedAsync(
            ModelFault.WrongRole, "Steps is 60; the scheduler Lcm of this model takes 1 to 50",
            options => options with { Scheduler = SchedulerKind.Lcm, Steps = 60 });
        _model.Json("vae_decoder/config.json", """{"block_out_channels": [1, 1, 1, 1]}""");
        await AssertRefusedAsync(
            ModelFault.WrongRole, "WidthPx is 100; it must be a multiple of 8 px",
            options => options with { WidthPx = 100 });
        _model.Model("unet", DiffusionGraphs.Unet(rows: 1));
        await AssertRefusedAsync(
            ModelFault.WrongRole, "its batch is fixed to 1 and GuidanceScale 7.5 needs 2 rows a picture");
    }

    [Fact]
    public async Task Size_that_the_graph_fixes_is_the_models_own_and_the_only_one()
    {
        _model.Model("unet", new TinyOnnx().Input("sample", [-1, 4, 12, 8]).Input("timestep", [], TinyOnnx.Int64)
            .Input("encoder_hidden_states", [-1, 8, 4]).Node("Identity", ["sample"], ["out_sample"])
            .Output("out_sample", [-1, 4, 12, 8]));
        using DiffusionGenerator generator = await _model.LoadAsync();

        Prompt prompt = TinyDiffusion.Prompt("cat", 1);
        byte[] pixels = (await DiffusionGeneratorTests.PixelsAsync(generator, prompt))[0];

        Assert.Equal(12 * 8 * 3, pixels.Length);
        await AssertRefusedAsync(
            ModelFault.WrongRole, "WidthPx is 64; the model is fixed to 8 px",
            options => options with { WidthPx = 64 });
    }

    [Fact]
    public async Task Text_encoder_of_another_width_is_refused_with_both()
    {
        TinyOnnx unet = new TinyOnnx().Input("sample", [-1, 4, -1, -1]).Input("timestep", [], TinyOnnx.Int64)
            .Input("encoder_hidden_states", [-1, 8, 768]).Node("Identity", ["sample"], ["out_sample"])
            .Output("out_sample", [-1, 4, -1, -1]);

        await AssertPartAsync("unet", unet, "the text encoders give [8, 4] and a vector of 0 for a text");
    }

    [Fact]
    public void Every_wrong_option_is_named()
    {
        DiffusionOptions options = new()
        {
            Steps = 0, GuidanceScale = double.NaN, BatchMax = 65, WidthPx = 63, HeightPx = 4097,
            NegativePrompt = new string('ä', 513), Scheduler = (SchedulerKind)99,
        };

        Assert.Equal(
            [
                "Folder", "Steps", "GuidanceScale", "BatchMax", "WidthPx", "HeightPx", "NegativePrompt", "Scheduler",
            ],
            options.Problems().Select(problem => problem.Property));
        Assert.Empty(new DiffusionOptions { Folder = "there" }.Problems());
    }

    private static TinyOnnx Xl() =>
        DiffusionGraphs.Unet().Input("text_embeds", [-1, 2]).Input("time_ids", [-1, 6]);

    private async Task AssertPartAsync(string part, TinyOnnx graph, string expected)
    {
        byte[] sound = await File.ReadAllBytesAsync(
            _model.File($"{part}/model.onnx"), TestContext.Current.CancellationToken);
        _model.Model(part, graph);
        await AssertRefusedAsync(ModelFault.WrongRole, expected);
        await File.WriteAllBytesAsync(
            _model.File($"{part}/model.onnx"), sound, TestContext.Current.CancellationToken);
    }

    private async Task AssertRefusedAsync(
        ModelFault? fault, string words, Func<DiffusionOptions, DiffusionOptions>? with = null)
    {
        ModelException thrown = await Assert.ThrowsAsync<ModelException>(() => _model.LoadAsync(with));
        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(fault ?? thrown.Fault, thrown.Fault);
        Assert.DoesNotContain('\n', thrown.Message);
    }
}
