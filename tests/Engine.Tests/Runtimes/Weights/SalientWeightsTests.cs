using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;

namespace Engine.Tests.Runtimes.Weights;

/// <summary>Goal: U2-Netp's real weights find the object of library pictures.</summary>
[Collection(MaskWeights.Collection)]
public sealed class SalientWeightsTests(MaskWeights weights, ITestOutputHelper output)
{
    [Fact]
    public async Task Masks_of_library_pictures_overlap_the_exact_ones()
    {
        AnnotateStep step = new(weights.U2NetP(), new AnnotateOptions());
        List<double> overlaps = [];
        foreach ((string stem, ulong seed, int width) in new[]
        {
            ("1f34e", 1UL, 512), ("1f697", 2UL, 512), ("1f436", 3UL, 700), ("1f355", 4UL, 512),
        })
        {
            (Picture picture, byte[] truth) = weights.Compose(stem, seed);
            (picture, truth) = MaskWeights.Widen(picture, truth, width);

            Outcome<Annotated> outcome = await step.RunAsync(picture, TestContext.Current.CancellationToken);

            Assert.Null(outcome.DropReason);
            overlaps.Add(MaskWeights.Iou(outcome.Value!.Mask.Values, truth));
            Assert.True(double.IsNaN(outcome.Value.PredictedIou));
        }

        output.WriteLine(string.Join(", ", overlaps));
        Assert.All(overlaps, overlap => Assert.True(overlap > 0.9, $"IoU {overlap}"));
    }
}
