using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Generate;

/// <summary>
/// Goal: prompts go to generators by their seeds and the weights alone; a broken generator is stopped, the others take
/// its prompts, and it gets its own back when it works again.
/// </summary>
public sealed class GeneratorSharesTests
{
    private static readonly GenerateOptions Options = new()
    {
        BreakerWindow = 8, BreakerFailedMax = 0.75, BreakerPause = TimeSpan.FromSeconds(30),
    };

    private readonly ManualClock _clock = new();
    private bool _isBroken;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shares_are_as_the_weights_and_a_prompts_generator_depends_on_its_seed_alone()
    {
        (string Name, double Weight)[] plan = [("a", 1), ("b", 3), ("c", 6)];
        Prompt[] prompts = Prompts(10_000);

        string[] together = await NamesAsync(plan, prompts, batch: 10_000);
        string[] apart = await NamesAsync(plan, [.. prompts.Reverse()], batch: 7);

        Assert.Equal(together, apart.Reverse());
        foreach ((string name, double weight) in plan)
        {
            // Five standard deviations of a binomial share.
            double share = together.Count(at => at == name) / 10_000.0;
            Assert.InRange(share - (weight / 10), -0.025, 0.025);
        }
    }

    [Fact]
    public async Task Broken_generator_is_stopped_its_prompts_go_to_the_others_and_it_gets_its_own_back()
    {
        using FakeGenerator bad = new(4, _ => _isBroken ? Failed() : Made(), "bad");
        using FakeGenerator good = new(4, _ => Made(), "good");
        GenerateStep step = new([new(bad, 1), new(good, 1)], Options, _clock);
        Prompt[] prompts = Prompts(64);
        string[] healthy = Names(await step.RunAsync(prompts, Token));

        _isBroken = true;
        await step.RunAsync(prompts, Token);
        string? problem = step.Problem;
        int askedBefore = bad.Asked;
        IReadOnlyList<Outcome<Picture>> stopped = await step.RunAsync(prompts, Token);
        _isBroken = false;
        _clock.Advance(Options.BreakerPause);
        string[] back = Names(await step.RunAsync(prompts, Token));

        Assert.Contains("bad", healthy);
        Assert.Equal("generator bad is stopped: 7 of its last 8 pictures failed, most as generator_failed", problem);
        Assert.All(stopped, outcome => Assert.Equal("good", outcome.Value!.Generator));
        Assert.True(bad.Asked - askedBefore == healthy.Count(name => name == "bad"), "asked while it was stopped");
        Assert.Equal(healthy, back);
        Assert.Null(step.Problem);
    }

    [Fact]
    public async Task Still_broken_after_the_pause_it_is_stopped_again_after_a_short_trial()
    {
        using FakeGenerator bad = new(1, _ => Failed(), "bad");
        using FakeGenerator good = new(1, _ => Made(), "good");
        GenerateStep step = new([new(bad, 1), new(good, 1)], Options, _clock);
        await step.RunAsync(Prompts(64), Token);
        _clock.Advance(Options.BreakerPause);
        int before = bad.Asked;

        await step.RunAsync(Prompts(10), Token);
        await step.RunAsync(Prompts(64), Token);

        Assert.InRange(bad.Asked - before, 4, 10);
        Assert.Contains("4 of its last 4", step.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_stopped_the_stage_waits_for_the_pause_to_end_and_loses_nothing()
    {
        _isBroken = true;
        using FakeGenerator only = new(8, _ => _isBroken ? Failed() : Made(), "only");
        GenerateStep step = new([new(only, 1)], Options, _clock);
        await step.RunAsync(Prompts(8), Token);
        _isBroken = false;

        Task<IReadOnlyList<Outcome<Picture>>> waiting = step.RunAsync(Prompts(3), Token).AsTask();
        bool waited = !waiting.IsCompleted;
        _clock.Advance(Options.BreakerPause);
        IReadOnlyList<Outcome<Picture>> outcomes = await waiting;

        Assert.True(waited);
        Assert.Equal(3, outcomes.Count(outcome => outcome.Value is not null));
    }

    [Theory]
    [InlineData(RejectReason.NoSource, false)]
    [InlineData(RejectReason.Blank, true)]
    [InlineData(RejectReason.NonFinite, true)]
    [InlineData(RejectReason.BadImage, true)]
    public async Task Only_what_is_the_generators_own_doing_counts(string reason, bool counts)
    {
        using FakeGenerator generator = new(8, _ => Outcome.Drop<Generated>(reason), "it");
        GenerateStep step = new([new(generator, 1)], Options, _clock);

        await step.RunAsync(Prompts(40), Token);

        Assert.Equal(counts, step.Problem is not null);
    }

    [Fact]
    public async Task Window_of_0_never_stops_and_wrong_options_and_weights_are_refused()
    {
        using FakeGenerator bad = new(8, _ => Failed(), "bad");
        GenerateStep step = new([new(bad, 1)], Options with { BreakerWindow = 0 }, _clock);

        await step.RunAsync(Prompts(100), Token);

        Assert.Null(step.Problem);
        GenerateOptions wrong = new()
        {
            BreakerWindow = -1, BreakerFailedMax = double.NaN, BreakerPause = TimeSpan.Zero,
        };
        Assert.Equal(
            ["BreakerWindow", "BreakerFailedMax", "BreakerPause"],
            wrong.Problems().Select(problem => problem.Property));
        Assert.Throws<ArgumentException>(() => new GenerateStep([new(bad, 0)], Options, _clock));
        Assert.Throws<ArgumentException>(() => new GenerateStep([], Options, _clock));
    }

    private async Task<string[]> NamesAsync((string Name, double Weight)[] plan, Prompt[] prompts, int batch)
    {
        GenerateStep step = new(
            [.. plan.Select(at => new GeneratorShare(new FakeGenerator(64, _ => Made(), at.Name), at.Weight))],
            Options, _clock);
        List<string> names = [];
        foreach (Prompt[] some in prompts.Chunk(batch))
        {
            names.AddRange(Names(await step.RunAsync(some, Token)));
        }

        return [.. names];
    }

    private static string[] Names(IEnumerable<Outcome<Picture>> outcomes) =>
        [.. outcomes.Select(outcome => outcome.Value!.Generator)];

    private static Outcome<Generated> Made()
    {
        byte[] pixels = new byte[16 * 16 * 3];
        pixels[0] = 1;
        return Outcome.Keep(new Generated(new RgbImage(16, 16, pixels), new Dictionary<string, string>()));
    }

    private static Outcome<Generated> Failed() => Outcome.Drop<Generated>(RejectReason.GeneratorFailed, "broken");

    private static Prompt[] Prompts(int count) => [.. Enumerable.Range(0, count).Select(i => new Prompt
    {
        Id = "0123456789abcdef", Category = "dot", Text = "a dot", Attempt = i, Seed = (ulong)i * 0x9E3779B97F4A7C15,
    })];
}
