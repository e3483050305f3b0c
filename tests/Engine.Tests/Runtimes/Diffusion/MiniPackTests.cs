using System.Text.Json;
using Engine.Runtimes.Clip;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>
/// Goal: the pack's exported files, run here, give what PyTorch gives. Method: models/train/golden/t2i.json, which the
/// training scripts wrote from the same weights before they were exported.
/// </summary>
public sealed class MiniPackTests
{
    private static readonly JsonElement Golden = Read(Repository.Path("models", "train", "golden", "t2i.json"));
    private static readonly OnnxOptions OnCpu = new() { Providers = [OnnxProvider.Cpu] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Tokens_text_and_unet_are_those_of_pytorch(int at)
    {
        JsonElement expected = Golden.GetProperty("cases")[at];
        using OnnxModel unet = OnnxModel.Load(Pack("unet", "model.onnx"), OnCpu, "unet");
        string prompt = expected.GetProperty("prompt").GetString()!;

        float[] hidden = await EncodeAsync(prompt);
        float[] made = await StepAsync(
            unet, [.. Enumerable.Range(0, 4 * 16 * 16).Select(i => (float)(1.3 * Math.Sin(0.37 * i)))], 500, hidden);

        Assert.Equal(expected.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt64()), Ids(prompt));
        AssertNear(expected.GetProperty("last_hidden_state"), hidden);
        AssertNear(expected.GetProperty("out_sample"), made);
        Assert.Equal(
            expected.GetProperty("out_sample_mean_square").GetDouble(), made.Average(value => value * value), 3);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Twenty_guided_steps_end_where_pytorch_ends(int at)
    {
        const double Guidance = 2;
        JsonElement expected = Golden.GetProperty("cases")[at];
        (SchedulerKind kind, SchedulerConfig config) =
            SchedulerFile.Read(Pack("scheduler", "scheduler_config.json"), SchedulerKind.Auto);
        Scheduler scheduler = SchedulerFactory.Make(kind, config, steps: 20);
        float[] latent = [.. Enumerable.Range(0, 4 * 16 * 16).Select(i => (float)(1.3 * Math.Sin(0.37 * i)))];
        StepHistory history = scheduler.NewHistory(latent.Length);
        using OnnxModel unet = OnnxModel.Load(Pack("unet", "model.onnx"), OnCpu, "unet");
        float[] none = await EncodeAsync("");
        float[] wanted = await EncodeAsync(expected.GetProperty("prompt").GetString()!);

        for (int step = 0; step < scheduler.Timesteps.Count; step++)
        {
            float[] without = await StepAsync(unet, latent, scheduler.Timesteps[step], none);
            float[] with = await StepAsync(unet, latent, scheduler.Timesteps[step], wanted);
            float[] guided = [.. without.Zip(with, (a, b) => (float)(a + (Guidance * (b - a))))];
            scheduler.Step(step, guided, latent, [], history);
        }

        Assert.Equal(SchedulerKind.Ddim, kind);
        AssertNear(expected.GetProperty("ddim_latents"), latent);
    }

    [Fact]
    public async Task Decoder_is_that_of_pytorch()
    {
        double scale = Read(Pack("vae_decoder", "config.json")).GetProperty("scaling_factor").GetDouble();
        using OnnxModel decoder = OnnxModel.Load(Pack("vae_decoder", "model.onnx"), OnCpu, "vae_decoder");
        float[] latent = [.. Enumerable.Range(0, 4 * 16 * 16).Select(i => (float)(Math.Cos(0.11 * i) / scale))];

        float[] picture = await RunAsync(
            decoder, "sample", ("latent_sample", OrtValue.CreateTensorValueFromMemory(latent, [1, 4, 16, 16])));

        AssertNear(Golden.GetProperty("vae_sample"), picture);
        Assert.Equal(Golden.GetProperty("vae_sample_mean").GetDouble(), picture.Average(), 3);
    }

    private static long[] Ids(string prompt) =>
        [.. ClipTokenizerFolder.Read(Pack("tokenizer"), encoderContext: 0).Encode(prompt).Ids.Select(id => (long)id)];

    private static async Task<float[]> EncodeAsync(string prompt)
    {
        using OnnxModel model = OnnxModel.Load(Pack("text_encoder", "model.onnx"), OnCpu, "text_encoder");
        long[] ids = Ids(prompt);
        return await RunAsync(
            model, "last_hidden_state",
            ("input_ids", OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length])));
    }

    private static Task<float[]> StepAsync(OnnxModel unet, float[] latent, double timestep, float[] hidden) => RunAsync(
        unet, "out_sample",
        ("sample", OrtValue.CreateTensorValueFromMemory((float[])latent.Clone(), [1, 4, 16, 16])),
        ("timestep", OrtValue.CreateTensorValueFromMemory(new[] { (float)timestep }, [1])),
        ("encoder_hidden_states", OrtValue.CreateTensorValueFromMemory(hidden, [1, 32, hidden.Length / 32])));

    private static async Task<float[]> RunAsync(
        OnnxModel model, string output, params (string Name, OrtValue Value)[] inputs)
    {
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = await model.RunAsync(
                inputs.ToDictionary(input => input.Name, input => input.Value), [output], Token);
            return outputs[0].GetTensorDataAsSpan<float>().ToArray();
        }
        finally
        {
            foreach ((_, OrtValue value) in inputs)
            {
                value.Dispose();
            }
        }
    }

    // Two runtimes add the same numbers in other orders; both hold the weights rounded to f16.
    private static void AssertNear(JsonElement expected, float[] actual)
    {
        double[] values = [.. expected.EnumerateArray().Select(value => value.GetDouble())];
        Assert.All(values.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-3));
    }

    private static string Pack(params string[] parts) => Repository.Path(["models", "mini", "t2i", .. parts]);

    private static JsonElement Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
