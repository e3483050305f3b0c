using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Gan;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Gan;

/// <summary>Goal: a picture is of its own noise and class. Method: models that show what they were fed.</summary>
public sealed class GanGeneratorTests : IDisposable
{
    private static readonly GanClass[] Animals =
        [new() { Name = "cat", Id = 0 }, new() { Name = "Dog", Id = 1 }, new() { Name = "emu", Id = 3 }];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1.0, GanRange.MinusOneToOne)]
    [InlineData(0.5, GanRange.MinusOneToOne)]
    [InlineData(1.0, GanRange.ZeroToOne)]
    public async Task Noise_is_normal_by_the_prompts_seed_times_the_truncation(double truncation, GanRange range)
    {
        using GanGenerator generator = await LoadAsync(
            GanGraphs.Noise(), options => options with { Truncation = truncation, OutputRange = range });

        Generated made = (await generator.GenerateAsync([Prompt("cup", 9)], Token)).Single().Value!;

        float[] noise = new float[GanGraphs.NoiseLength];
        NormalNoise.Fill(noise, 9, 0, truncation);
        byte[] expected = new byte[12];
        for (int i = 0; i < 12; i++)
        {
            double share = range == GanRange.ZeroToOne ? noise[i] : (noise[i] + 1) / 2;
            expected[(i % 4 * 3) + (i / 4)] = (byte)Math.Floor((Math.Clamp(share, 0, 1) * 255) + 0.5);
        }

        Assert.Equal(expected, made.Image.Pixels);
        Assert.Equal("9", made.Lineage["seed"]);
        Assert.Equal(16, made.Lineage["model_revision"].Length);
        Assert.Equal("Cpu", made.Lineage["provider"]);
        Assert.DoesNotContain("class", made.Lineage.Keys);
        Assert.Equal(12, generator.PictureBytesMax);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-1, 3)]
    [InlineData(4, 8)]
    public async Task Picture_does_not_depend_on_its_batch_mates(long fixedBatch, int batchMax)
    {
        using GanGenerator generator = await LoadAsync(
            GanGraphs.Noise(fixedBatch), options => options with { BatchMax = batchMax });
        Prompt[] prompts = [.. Enumerable.Range(0, 7).Select(seed => Prompt("cup", (ulong)seed))];

        IReadOnlyList<Outcome<Generated>> together = await generator.GenerateAsync(prompts, Token);

        Assert.Equal(fixedBatch > 0 ? 4 : batchMax, generator.BatchMax);
        for (int i = 0; i < prompts.Length; i++)
        {
            byte[] alone = (await generator.GenerateAsync([prompts[i]], Token))[0].Value!.Image.Pixels;
            Assert.Equal(alone, together[i].Value!.Image.Pixels);
        }
    }

    [Fact]
    public async Task Noise_of_four_dimensions_and_half_precision_is_fed_and_read()
    {
        using GanGenerator whole = await LoadAsync(GanGraphs.Noise());
        using GanGenerator half = await LoadAsync(GanGraphs.HalfNoise());

        byte[] expected = (await whole.GenerateAsync([Prompt("cup", 5)], Token))[0].Value!.Image.Pixels;
        byte[] actual = (await half.GenerateAsync([Prompt("cup", 5)], Token))[0].Value!.Image.Pixels;

        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1));
    }

    [Theory]
    [InlineData("int64")]
    [InlineData("int32 [B, 1]")]
    [InlineData("one-hot")]
    public async Task Category_becomes_the_label_that_the_classes_name(string label)
    {
        TinyOnnx graph = label == "int64" ? GanGraphs.Number(TinyOnnx.Int64, -1)
            : label == "one-hot" ? GanGraphs.OneHot()
            : GanGraphs.Number(TinyOnnx.Int32, -1, 1);
        using GanGenerator generator = await LoadAsync(
            graph, options => options with { Classes = Animals, OutputRange = GanRange.ZeroToOne });

        IReadOnlyList<Outcome<Generated>> outcomes = await generator.GenerateAsync(
            [Prompt("emu"), Prompt("cow"), Prompt("dog"), Prompt("cat")], Token);

        Assert.Equal([77, 26, 0], new[] { 0, 2, 3 }.Select(i => (int)outcomes[i].Value!.Image.Pixels[0]));
        Assert.Equal("3", outcomes[0].Value!.Lineage["class"]);
        Assert.Equal(RejectReason.NoSource, outcomes[1].DropReason);
        Assert.Contains("'cow'", outcomes[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inputs_that_look_alike_are_told_apart_by_the_options()
    {
        using GanGenerator generator = await LoadAsync(GanGraphs.OneHot("w"), options => options with
        {
            Classes = Animals, OutputRange = GanRange.ZeroToOne, NoiseInput = "z",
        });

        Assert.Equal(26, (await generator.GenerateAsync([Prompt("dog")], Token))[0].Value!.Image.Pixels[0]);
    }

    [Fact]
    public async Task Value_that_is_not_finite_costs_its_own_picture_alone()
    {
        using GanGenerator generator = await LoadAsync(
            GanGraphs.Logarithm(), options => options with { Classes = Animals });

        IReadOnlyList<Outcome<Generated>> outcomes =
            await generator.GenerateAsync([Prompt("dog"), Prompt("cat"), Prompt("emu")], Token);

        Assert.Equal(
            [null, RejectReason.NonFinite, null], outcomes.Select(outcome => outcome.DropReason));
    }

    [Fact]
    public async Task Run_without_memory_is_made_again_by_halves_and_the_ceiling_is_kept()
    {
        using GanGenerator hungry = await LoadAsync(GanGraphs.Hungry());
        using GanGenerator plain = await LoadAsync(GanGraphs.Noise());
        Prompt[] prompts = [.. Enumerable.Range(0, 5).Select(seed => Prompt("cup", (ulong)seed))];

        IReadOnlyList<Outcome<Generated>> outcomes = await hungry.GenerateAsync(prompts, Token);

        Assert.Equal(2, hungry.BatchCeiling);
        IReadOnlyList<Outcome<Generated>> expected = await plain.GenerateAsync(prompts, Token);
        Assert.Equal(
            expected.Select(outcome => outcome.Value!.Image.Pixels),
            outcomes.Select(outcome => outcome.Value!.Image.Pixels));
    }

    [Fact]
    public async Task Model_or_options_that_do_not_fit_are_refused_with_the_reason()
    {
        GanClass[] far = [new() { Name = "yak", Id = 4 }];
        await RefusedAsync(GanGraphs.Noise(length: -1), options => options, "noise_length");
        await RefusedAsync(GanGraphs.Noise(), options => options with { NoiseLength = 5 }, "has the length 12");
        await RefusedAsync(GanGraphs.Noise(), options => options with { LabelInput = "z" }, "none is left");
        await RefusedAsync(GanGraphs.Noise(), options => options with { OutputName = "x" }, "output x missing");
        await RefusedAsync(GanGraphs.OneHot(), options => options, "no classes are given");
        await RefusedAsync(GanGraphs.OneHot(), options => options with { Classes = far }, "has 4 classes");
        await RefusedAsync(
            GanGraphs.OneHot("w"), options => options with { Classes = Animals }, "cannot be told apart");
        await RefusedAsync(
            new TinyOnnx().Input("z", [-1, 3]).Node("Neg", ["z"], ["row"]).Output("row", [-1, 3]),
            options => options, "expected [1, 3, height, width]");
    }

    [Fact]
    public async Task Open_length_of_the_noise_is_the_options()
    {
        using GanGenerator generator = await LoadAsync(
            GanGraphs.Noise(length: -1), options => options with { NoiseLength = 12 });

        Assert.Null((await generator.GenerateAsync([Prompt("cup")], Token))[0].DropReason);
    }

    [Fact]
    public void Options_say_all_problems()
    {
        GanOptions options = new()
        {
            Truncation = 0, BatchMax = 0, NoiseLength = -1, NoiseInput = "z", LabelInput = "z",
            Classes = [new() { Name = "cat" }, new() { Name = "CAT", Id = 1 }],
        };

        Assert.Equal(
            ["BatchMax", "Classes", "LabelInput", "Model", "NoiseLength", "Truncation"],
            options.Problems().Select(problem => problem.Property).Order());
        Assert.Equal(
            ["Id", "Name"], new GanClass { Id = -1 }.Problems().Select(problem => problem.Property).Order());
    }

    private static Prompt Prompt(string category, ulong seed = 1) => new()
    {
        Id = "0123456789abcdef", Category = category, Text = "a " + category, Attempt = 0, Seed = seed,
    };

    private async Task RefusedAsync(TinyOnnx graph, Func<GanOptions, GanOptions> change, string said)
    {
        ModelException thrown = await Assert.ThrowsAsync<ModelException>(() => LoadAsync(graph, change));
        Assert.Equal(ModelFault.WrongRole, thrown.Fault);
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
    }

    private Task<GanGenerator> LoadAsync(TinyOnnx graph, Func<GanOptions, GanOptions>? change = null)
    {
        GanOptions options = new()
        {
            Model = graph.Save(_folder.File($"{Guid.NewGuid():N}.onnx")),
            Onnx = new OnnxOptions { ThreadsMax = 1 },
        };
        return GanGenerator.LoadAsync("gan", change?.Invoke(options) ?? options, Token);
    }
}
