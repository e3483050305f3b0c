using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;

namespace Engine.Tests.Pipeline.Generate;

/// <summary>Goal: each prompt gets its own answer, in order, in any batch; blank is no picture.</summary>
public sealed class GenerateStepTests
{
    private static readonly Dictionary<string, string> NoLineage = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Prompts_and_pictures_stay_together_whatever_the_generators_batch(int batchMax)
    {
        using FakeGenerator generator = new(
            batchMax, prompt => Outcome.Keep(new Generated(Dot(prompt.Attempt), NoLineage)));
        GenerateStep step = Step(generator);

        Prompt[] prompts = [.. Enumerable.Range(0, 10).Select(Make)];
        IReadOnlyList<Outcome<Picture>> outcomes = await step.RunAsync(prompts, Token);

        Assert.Equal(Enumerable.Range(0, 10), outcomes.Select(outcome => outcome.Value!.Prompt.Attempt));
        Assert.All(outcomes, at => Assert.Equal(255, at.Value!.Image.Pixels[at.Value.Prompt.Attempt * 3]));
        Assert.True(generator.BatchLargest <= batchMax);
    }

    [Fact]
    public async Task Picture_of_one_colour_is_dropped_as_blank_and_one_different_pixel_saves_it()
    {
        byte[] grey = [.. Enumerable.Repeat((byte)127, 16 * 16 * 3)];
        byte[] almost = [.. grey];
        almost[^1] = 128;
        Queue<byte[]> pictures = new([grey, almost]);
        using FakeGenerator generator = new(
            1, _ => Outcome.Keep(new Generated(new RgbImage(16, 16, pictures.Dequeue()), NoLineage)));

        GenerateStep step = Step(generator);
        IReadOnlyList<Outcome<Picture>> outcomes = await step.RunAsync([Make(0), Make(1)], Token);

        Assert.Equal([RejectReason.Blank, null], outcomes.Select(outcome => outcome.DropReason));
    }

    [Fact]
    public async Task Drop_of_the_generator_keeps_its_reason_and_detail()
    {
        using FakeGenerator generator = new(
            4, _ => Outcome.Drop<Generated>(RejectReason.NoSource, "no picture of 'yak'"));

        Outcome<Picture> outcome = (await Step(generator).RunAsync([Make(0)], Token)).Single();

        Assert.Equal((RejectReason.NoSource, "no picture of 'yak'"), (outcome.DropReason, outcome.Detail));
    }

    private static GenerateStep Step(IImageGenerator generator) =>
        new([new GeneratorShare(generator, 1)], new GenerateOptions(), TimeProvider.System);

    private static Prompt Make(int attempt) => new()
    {
        Id = "0123456789abcdef", Category = "dot", Text = "a dot", Attempt = attempt, Seed = (ulong)attempt,
    };

    private static RgbImage Dot(int at)
    {
        byte[] pixels = new byte[16 * 16 * 3];
        pixels[at * 3] = 255;
        return new RgbImage(16, 16, pixels);
    }
}
