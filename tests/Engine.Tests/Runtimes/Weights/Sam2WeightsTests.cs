using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;

namespace Engine.Tests.Runtimes.Weights;

/// <summary>Goal: SAM 2's real weights, four corners and an inversion find the object of library pictures.</summary>
[Collection(MaskWeights.Collection)]
public sealed class Sam2WeightsTests(MaskWeights weights, ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Masks_of_library_pictures_overlap_the_exact_ones()
    {
        AnnotateStep step = new(weights.Sam2(), new AnnotateOptions());
        List<double> overlaps = [];
        foreach ((string stem, ulong seed, int width) in new[]
        {
            ("1f34e", 1UL, 512), ("1f697", 2UL, 512), ("1f436", 3UL, 900),
        })
        {
            (Picture picture, byte[] truth) = weights.Compose(stem, seed);
            (picture, truth) = MaskWeights.Widen(picture, truth, width);

            Outcome<Annotated> outcome = await step.RunAsync(picture, Token);

            Assert.Null(outcome.DropReason);
            overlaps.Add(MaskWeights.Iou(outcome.Value!.Mask.Values, truth));
            Assert.True(outcome.Value.PredictedIou > 0.9);
        }

        output.WriteLine(string.Join(", ", overlaps));
        Assert.All(overlaps, overlap => Assert.True(overlap > 0.9, $"IoU {overlap}"));
    }

    [Fact]
    public async Task Picture_without_a_plain_background_does_not_pass()
    {
        byte[] noise = new byte[256 * 192 * 3];
        new Random(5).NextBytes(noise);
        (Picture picture, _) = weights.Compose("1f34e", 1);
        AnnotateStep step = new(weights.Sam2(), new AnnotateOptions());

        Outcome<Annotated> outcome = await step.RunAsync(picture with { Image = new RgbImage(256, 192, noise) }, Token);

        output.WriteLine($"{outcome.DropReason}: {outcome.Detail}");
        Assert.NotNull(outcome.DropReason);
    }

    [Fact]
    public async Task Run_ends_early_when_the_line_stops()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));
        (Picture picture, _) = weights.Compose("1f34e", 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await weights.Sam2().PredictAsync(picture.Image, stop.Token));
    }
}
