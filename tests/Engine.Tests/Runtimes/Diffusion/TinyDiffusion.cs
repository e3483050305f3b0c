using Engine.Items;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Onnx;
using Engine.Tests.Runtimes.Clip;
using Engine.Tests.Runtimes.Diffusion.Text;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>A whole model folder of tiny graphs: pictures of 8 x 8 px, texts of up to 6 tokens.</summary>
internal sealed class TinyDiffusion : IDisposable
{
    public const string Scheduler =
        "\"beta_start\": 0.00085, \"beta_end\": 0.012, \"beta_schedule\": \"scaled_linear\", \"clip_sample\": false";

    private readonly TempFolder _folder = new();

    public TinyDiffusion()
    {
        TinyTokenizer.Write(Part("tokenizer"), []);
        Json(
            "model_index.json",
            """{"_class_name": "StableDiffusionPipeline", "vae": ["diffusers", "AutoencoderKL"]}""");
        Json("scheduler/scheduler_config.json", $"{{\"_class_name\": \"DDIMScheduler\", {Scheduler}}}");
        Json("text_encoder/config.json", """{"max_position_embeddings": 8}""");
        Json("unet/config.json", """{"in_channels": 4, "out_channels": 4, "sample_size": 8}""");
        Json("vae_decoder/config.json", """{"scaling_factor": 0.5, "block_out_channels": [8]}""");
        Model("text_encoder", DiffusionGraphs.TextEncoder());
        Model("unet", DiffusionGraphs.Unet());
        Model("vae_decoder", DiffusionGraphs.Decoder());
    }

    public string Path => _folder.Path;

    public DiffusionOptions Options => new()
    {
        Folder = Path, Steps = 4, BatchMax = 4, Onnx = new OnnxOptions { ThreadsMax = 1 },
    };

    public string File(string name) => _folder.File(name);

    public TinyDiffusion Json(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), content);
        return this;
    }

    public TinyDiffusion Model(string part, TinyOnnx graph)
    {
        graph.Save(System.IO.Path.Combine(Part(part), "model.onnx"));
        return this;
    }

    /// <summary>Makes it an SDXL model: two encoders, a pooled vector, sizes.</summary>
    public TinyDiffusion Xl(TinyOnnx unet)
    {
        TinyTokenizer.Write(Part("tokenizer_2"), [], """{"model_max_length": 8, "pad_token": "!"}""");
        return Json(
                "model_index.json",
                """{"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": true}""")
            .Model("text_encoder", DiffusionGraphs.TextEncoderWithStates(states: 3, pooled: false))
            .Model("text_encoder_2", DiffusionGraphs.TextEncoderWithStates(states: 4, pooled: true))
            .Model("unet", unet);
    }

    public Task<DiffusionGenerator> LoadAsync(Func<DiffusionOptions, DiffusionOptions>? with = null) =>
        LoadAsync("tiny", report: null, with);

    public Task<DiffusionGenerator> LoadAsync(
        string name, Action<string>? report, Func<DiffusionOptions, DiffusionOptions>? with = null) =>
        DiffusionGenerator.LoadAsync(
            name, with?.Invoke(Options) ?? Options, report, TestContext.Current.CancellationToken);

    public static Prompt Prompt(string text, ulong seed) => new()
    {
        Id = "0123456789abcdef", Category = "thing", Text = text, Attempt = 0, Seed = seed,
    };

    public void Dispose() => _folder.Dispose();

    private string Part(string part) => Directory.CreateDirectory(File(part)).FullName;
}
