using Engine.Items;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Onnx;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Goal: a folder as exporters write it, with CLIP's own tokenizer, runs as it is. The weights are random.
/// </summary>
public sealed class DiffusionRandomWeightsTests
{
    private static readonly Prompt[] Prompts =
    [
        TinyDiffusion.Prompt("a photo of a single apple, in a white background", 11),
        TinyDiffusion.Prompt("a photo of a single 🐱, in a white background", 12),
        TinyDiffusion.Prompt("a photo of a single banana, in a white background", 13),
    ];

    [Theory]
    [InlineData(SchedulerKind.Auto)]
    [InlineData(SchedulerKind.Ddim)]
    [InlineData(SchedulerKind.Euler)]
    [InlineData(SchedulerKind.EulerAncestral)]
    [InlineData(SchedulerKind.DpmSolver)]
    [InlineData(SchedulerKind.Lcm)]
    public async Task Pictures_have_the_models_size_and_do_not_depend_on_the_batch(SchedulerKind scheduler)
    {
        using DiffusionGenerator generator = await LoadAsync(scheduler, batchMax: 4);
        using DiffusionGenerator one = await LoadAsync(scheduler, batchMax: 1);

        byte[][] together = await DiffusionGeneratorTests.PixelsAsync(generator, Prompts);
        byte[][] alone = await DiffusionGeneratorTests.PixelsAsync(one, Prompts);

        Assert.All(together, pixels => Assert.Equal(64 * 64 * 3, pixels.Length));
        Assert.All(together, pixels => Assert.True(pixels.Distinct().Count() > 16));
        Assert.Equal(together, alone);
        Assert.Equal(generator.Revision, one.Revision);
    }

    [Fact]
    public async Task Size_may_be_asked_for()
    {
        using DiffusionGenerator generator = await DiffusionGenerator.LoadAsync(
            "tiny", Options(SchedulerKind.Auto, 2) with { WidthPx = 96, HeightPx = 64 }, report: null,
            TestContext.Current.CancellationToken);

        RgbImage image = (await generator.GenerateAsync(Prompts[..1], TestContext.Current.CancellationToken))[0]
            .Value!.Image;

        Assert.Equal((96, 64), (image.Width, image.Height));
    }

    private static Task<DiffusionGenerator> LoadAsync(SchedulerKind scheduler, int batchMax) =>
        DiffusionGenerator.LoadAsync(
            "tiny", Options(scheduler, batchMax), report: null, TestContext.Current.CancellationToken);

    private static DiffusionOptions Options(SchedulerKind scheduler, int batchMax) => new()
    {
        Folder = DiffusionFiles.TinyModel(), Steps = 5, Scheduler = scheduler, BatchMax = batchMax,
        NegativePrompt = "blurry", Onnx = new OnnxOptions { ThreadsMax = 1 },
    };
}
