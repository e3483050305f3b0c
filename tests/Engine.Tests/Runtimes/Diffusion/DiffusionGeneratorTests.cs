using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Schedulers;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Goal: what holds for every model, shown on a tiny one whose every number is known.</summary>
public sealed class DiffusionGeneratorTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(SchedulerKind.Auto, 7.5)]
    [InlineData(SchedulerKind.Pndm, 7.5)]
    [InlineData(SchedulerKind.EulerAncestral, 0)]
    [InlineData(SchedulerKind.DpmSolver, 3)]
    [InlineData(SchedulerKind.Lcm, 1)]
    public async Task Picture_does_not_depend_on_its_batch(SchedulerKind scheduler, double guidance)
    {
        _model.Json(
            "scheduler/scheduler_config.json",
            $"{{\"_class_name\": \"DDIMScheduler\", \"skip_prk_steps\": true, {TinyDiffusion.Scheduler}}}");
        using DiffusionGenerator generator = await _model.LoadAsync(options => options with
        {
            Scheduler = scheduler, GuidanceScale = guidance, NegativePrompt = "bad",
        });
        Prompt[] prompts =
        [
            .. Enumerable.Range(0, 4).Select(i => TinyDiffusion.Prompt($"a {(char)('a' + i)}", (ulong)i)),
        ];

        byte[][] together = await PixelsAsync(generator, prompts);
        byte[][] turned = await PixelsAsync(generator, [.. prompts.Reverse()]);
        byte[][] alone = await PixelsAsync(generator, prompts[2]);

        Assert.Equal(together, turned.Reverse());
        Assert.Equal(together[2], alone[0]);
        Assert.Equal(4, together.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task Two_generators_of_one_folder_make_the_same_pictures_and_a_seed_makes_another()
    {
        using DiffusionGenerator first = await _model.LoadAsync();
        using DiffusionGenerator second = await _model.LoadAsync();

        byte[][] made = await PixelsAsync(first, TinyDiffusion.Prompt("cat", 1), TinyDiffusion.Prompt("cat", 2));

        Assert.Equal(made, await PixelsAsync(second, TinyDiffusion.Prompt("cat", 1), TinyDiffusion.Prompt("cat", 2)));
        Assert.NotEqual(made[0], made[1]);
    }

    [Fact]
    public async Task Lineage_says_how_to_make_the_picture_again()
    {
        using DiffusionGenerator generator = await _model.LoadAsync(options => options with
        {
            Scheduler = SchedulerKind.Euler, Karras = true, NegativePrompt = "bad", WidthPx = 72, HeightPx = 64,
        });

        Generated made = (await generator.GenerateAsync(
            [TinyDiffusion.Prompt("a long tail", ulong.MaxValue)], Token))[0].Value!;

        Assert.Equal((72, 64), (made.Image.Width, made.Image.Height));
        Assert.Matches("^[0-9a-f]{16}$", generator.Revision);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["family"] = "sd", ["model"] = Path.GetFileName(_model.Path), ["model_revision"] = generator.Revision,
                ["provider"] = generator.Provider.ToString(), ["scheduler"] = "Euler", ["sigmas"] = "Karras",
                ["steps"] = "4", ["guidance"] = "7.5", ["width"] = "72", ["height"] = "64",
                ["seed"] = "18446744073709551615", ["negative_prompt"] = "bad", ["tokens_cut"] = "3",
            },
            made.Lineage);
    }

    [Fact]
    public async Task Halves_give_what_the_whole_gives()
    {
        using DiffusionGenerator generator = await _model.LoadAsync(options => options with { BatchMax = 2 });
        Prompt[] prompts = [.. Enumerable.Range(0, 5).Select(i => TinyDiffusion.Prompt("cat", (ulong)i))];

        DiffusionLatents latents = await generator.DenoiseAsync(prompts, Token);
        IReadOnlyList<Outcome<Generated>> halves = await generator.DecodeAsync(latents, Token);

        Assert.Equal(
            await PixelsAsync(generator, prompts), halves.Select(outcome => outcome.Value!.Image.Pixels).ToArray());
        Assert.True(latents.Bytes > 5 * 4 * 4 * 64);
    }

    [Fact]
    public async Task Batch_may_be_decoded_while_the_next_is_denoised()
    {
        using DiffusionGenerator generator = await _model.LoadAsync();
        Prompt[] prompts = [.. Enumerable.Range(0, 8).Select(i => TinyDiffusion.Prompt("cat", (ulong)i))];
        byte[][] expected = await PixelsAsync(generator, prompts);
        DiffusionLatents first = await generator.DenoiseAsync(prompts[..4], Token);

        Task<IReadOnlyList<Outcome<Generated>>> decoding =
            generator.DecodeAsync(first, Token).AsTask();
        DiffusionLatents second = await generator.DenoiseAsync(prompts[4..], Token);

        Outcome<Generated>[] both = [.. await decoding, .. await generator.DecodeAsync(second, Token)];
        Assert.Equal(expected, both.Select(outcome => outcome.Value!.Image.Pixels).ToArray());
    }

    [Fact]
    public async Task Calls_at_the_same_time_give_what_calls_in_turn_give()
    {
        using DiffusionGenerator generator = await _model.LoadAsync(options => options with { BatchMax = 2 });
        Prompt[][] calls =
        [
            .. Enumerable.Range(0, 12).Select(call => Enumerable.Range(0, 3)
                .Select(i => TinyDiffusion.Prompt($"{(char)('a' + call)}{i}", (ulong)(call + i))).ToArray()),
        ];
        List<byte[][]> expected = [];
        foreach (Prompt[] call in calls)
        {
            expected.Add(await PixelsAsync(generator, call));
        }

        using DiffusionGenerator other = await _model.LoadAsync(options => options with { BatchMax = 2 });
        byte[][][] together = await Task.WhenAll(calls.Select(call => PixelsAsync(other, call)));

        Assert.Equal(expected, together);
    }

    [Fact]
    public async Task Stopped_call_ends_as_cancelled_and_the_next_one_works()
    {
        using DiffusionGenerator generator = await _model.LoadAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await generator.GenerateAsync([TinyDiffusion.Prompt("cat", 1)], new CancellationToken(canceled: true)));

        Assert.Single(await PixelsAsync(generator, TinyDiffusion.Prompt("cat", 1)));
    }

    [Fact]
    public async Task Guidance_steers_from_the_negative_prompt_and_at_1_it_is_not_there()
    {
        byte[] plain = await OneAsync(options => options with { GuidanceScale = 1 });
        byte[] plainToo = await OneAsync(options => options with { GuidanceScale = 1, NegativePrompt = "bad" });
        byte[] guided = await OneAsync(options => options with { GuidanceScale = 2 });
        byte[] steered = await OneAsync(options => options with { GuidanceScale = 2, NegativePrompt = "bad" });
        byte[] itself = await OneAsync(options => options with { GuidanceScale = 2, NegativePrompt = "cat" });

        Assert.Equal(plain, plainToo);
        Assert.NotEqual(plain, guided);
        Assert.NotEqual(guided, steered);
        Assert.Equal(plain, itself); // n + g (p - n) is p where n is p.
    }

    [Fact]
    public async Task Repeated_text_is_encoded_once()
    {
        string name = $"texts {Guid.NewGuid()}";
        using MeterTotals computed = new("Headwater.Generate", "result", "computed");
        using MeterTotals cached = new("Headwater.Generate", "result", "cached");
        using MeterTotals all = new("Headwater.Generate", "generator", name);
        using DiffusionGenerator generator = await _model.LoadAsync(name, report: null);

        await PixelsAsync(generator, [.. Enumerable.Range(0, 6).Select(i => TinyDiffusion.Prompt("cat", (ulong)i))]);
        await PixelsAsync(generator, TinyDiffusion.Prompt("cat", 9), TinyDiffusion.Prompt("dog", 9));

        Assert.Equal(8, all["headwater.generate.texts"]);
        Assert.True(cached["headwater.generate.texts"] >= 6);
        Assert.True(computed["headwater.generate.texts"] >= 2);
    }

    [Fact]
    public async Task Prompts_beyond_the_context_are_counted_and_reported_once()
    {
        string name = $"cut {Guid.NewGuid()}";
        List<string> lines = [];
        using MeterTotals totals = new("Headwater.Generate", "generator", name);
        using DiffusionGenerator generator = await _model.LoadAsync(name, lines.Add);

        await PixelsAsync(generator, TinyDiffusion.Prompt("sixchr", 1));
        Assert.Empty(lines);
        byte[][] cut = await PixelsAsync(
            generator, TinyDiffusion.Prompt("sixchrs", 1), TinyDiffusion.Prompt("sixchrs and", 1));

        Assert.Equal(2, generator.PromptsCut);
        Assert.Equal(2, totals["headwater.generate.prompts_cut"]);
        string line = Assert.Single(lines);
        Assert.Contains("has 7 tokens and the model takes 6; the last 1 were left out", line, StringComparison.Ordinal);
        Assert.Equal(cut[0], cut[1]);
    }

    [Fact]
    public async Task Picture_that_is_not_finite_is_dropped_and_its_neighbours_are_not()
    {
        // The root of a negative number: the mean of "~~~~~~" is 0.57, that of "a" and of no text above 1.2.
        _model.Model("unet", DiffusionGraphs.UnetInputs(TinyOnnx.Float32, TinyOnnx.Int64, [])
            .Constant("bound", [1], 0.9f).Node("Sub", ["h", "bound"], ["left"]).Node("Sqrt", ["left"], ["root"])
            .Node("Mul", ["s", "root"], ["o"]).Output());
        using DiffusionGenerator generator = await _model.LoadAsync(options => options with { GuidanceScale = 1 });
        byte[][] alone = await PixelsAsync(generator, TinyDiffusion.Prompt("a", 1), TinyDiffusion.Prompt("b", 2));

        IReadOnlyList<Outcome<Generated>> outcomes = await generator.GenerateAsync(
            [TinyDiffusion.Prompt("a", 1), TinyDiffusion.Prompt("~~~~~~", 1), TinyDiffusion.Prompt("b", 2)], Token);

        Assert.Equal([null, RejectReason.NonFinite, null], outcomes.Select(outcome => outcome.DropReason));
        Assert.Equal("the latent is not finite after the last step", outcomes[1].Detail);
        Assert.Equal(alone, [outcomes[0].Value!.Image.Pixels, outcomes[2].Value!.Image.Pixels]);
    }

    [Fact]
    public async Task Decoded_picture_that_is_not_finite_is_dropped()
    {
        _model.Model("vae_decoder", new TinyOnnx().Input("latent_sample", [-1, 4, -1, -1])
            .Constant("rgb", [3], 0L, 1L, 2L).Node("Gather", ["latent_sample", "rgb"], ["g"], ("axis", 1L))
            .Node("Sqrt", ["g"], ["sample"]).Output("sample", [-1, 3, -1, -1]));
        using DiffusionGenerator generator = await _model.LoadAsync();

        Outcome<Generated> outcome = (await generator.GenerateAsync([TinyDiffusion.Prompt("a", 1)], Token))[0];

        Assert.Equal(RejectReason.NonFinite, outcome.DropReason);
        Assert.Contains("of the decoded picture holds NaN", outcome.Detail, StringComparison.Ordinal);
    }

    private async Task<byte[]> OneAsync(Func<DiffusionOptions, DiffusionOptions> with)
    {
        using DiffusionGenerator generator = await _model.LoadAsync(with);
        return (await PixelsAsync(generator, TinyDiffusion.Prompt("cat", 7)))[0];
    }

    internal static async Task<byte[][]> PixelsAsync(DiffusionGenerator generator, params Prompt[] prompts)
    {
        IReadOnlyList<Outcome<Generated>> outcomes = await generator.GenerateAsync(prompts, Token);
        Assert.All(outcomes, outcome => Assert.True(outcome.DropReason is null, outcome.Detail));
        return [.. outcomes.Select(outcome => outcome.Value!.Image.Pixels)];
    }
}
