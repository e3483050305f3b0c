using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;

namespace Engine.Tests.Pipeline.Annotate;

/// <summary>Goal: the right mask is chosen, cleaned and measured, and each gate says why.</summary>
public sealed class AnnotateStepTests
{
    private const int Side = 40;

    // Lengths are given for 512 px, and 13 * 40 / 512 is 1.
    private const int OnePx = 13;

    // Choice and gates alone, so that a test says what it changes.
    private static readonly AnnotateOptions Plain = new()
    {
        ErodePx = 0, LargestComponentOnly = false, PartRatioMin = 0, FillHoles = false, PredictedIouMin = 0.5,
        AreaRatioMin = 0.05, AreaRatioMax = 0.6, BorderTouchMaxPx = 0, BackgroundDeviationMax = 10,
        BackgroundGapPx = 2 * OnePx, BackgroundPart = 0.8,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kept_picture_carries_its_mask_box_area_and_measures()
    {
        Annotated kept = (await RunAsync(Plain, Rectangle(9, 8, 21, 22, iou: 0.9))).Value!;

        Assert.Equal(new Box(9, 8, 21, 22), kept.Box);
        Assert.Equal(462, kept.AreaPx);
        Assert.Equal(462, kept.Mask.Values.Sum(value => value));
        Assert.Equal(("fake", 0.9), (kept.Annotator, kept.PredictedIou));
        Assert.Equal(462 / 1600.0, kept.Measures["area_ratio"], 1e-9);
        Assert.Equal(
            (0, 0, 1),
            (kept.Measures["border_px"], kept.Measures["background_deviation"], kept.Measures["parts"]));
    }

    [Theory]
    [InlineData(MaskChoice.BestIou, 2, 1)]
    [InlineData(MaskChoice.Index, 2, 2)]
    [InlineData(MaskChoice.Index, 0, 0)]
    [InlineData(MaskChoice.Index, 15, 2)] // fewer masks than that: the last
    public async Task Mask_is_chosen_by_predicted_IoU_or_by_index(MaskChoice choice, int index, int expected)
    {
        AnnotateOptions options = Plain with { MaskChoice = choice, MaskIndex = index };

        Outcome<Annotated> outcome = await RunAsync(
            options, Rectangle(10, 10, 10, 10, 0.6), Rectangle(10, 10, 11, 10, 0.8), Rectangle(10, 10, 12, 10, 0.7));

        Assert.Equal(10 + expected, outcome.Value!.Box.Width);
        Assert.Equal(expected, outcome.Value.Measures["mask_index"]);
    }

    [Fact]
    public async Task Small_logits_are_brought_to_the_pictures_size()
    {
        float[] logits = [-1, 1, -1, 1];
        AnnotateOptions options = Plain with { BorderTouchMaxPx = 1000, BackgroundDeviationMax = 255 };

        Annotated kept = (await RunAsync(options, new MaskCandidate(logits, 2, 2, double.NaN))).Value!;

        Assert.Equal(new Box(Side / 2, 0, Side / 2, Side), kept.Box);
    }

    [Fact]
    public async Task Specks_edge_and_holes_are_cleaned_away()
    {
        MaskCandidate candidate = Rectangle(10, 10, 20, 20, 0.9);
        candidate.Logits[(2 * Side) + 2] = 1;
        candidate.Logits[(20 * Side) + 20] = -1;
        AnnotateOptions options = Plain with
        {
            ErodePx = OnePx, LargestComponentOnly = true, FillHoles = true, HoleRatioMax = 0.01,
        };

        Annotated kept = (await RunAsync(options, candidate)).Value!;

        Assert.Equal(new Box(11, 11, 18, 18), kept.Box);
        Assert.Equal(18 * 18, kept.AreaPx);
        Assert.Equal(2, kept.Measures["parts"]);
    }

    [Theory]
    [InlineData(-1, 0, 20)]
    [InlineData(-1, OnePx, 18)]
    [InlineData(0, OnePx, 20)]
    [InlineData(OnePx, 0, 18)]
    public async Task Mask_is_eroded_by_what_its_model_needs_unless_the_options_say_otherwise(
        int erodePx, int tooWidePx, int expected)
    {
        MaskCandidate candidate = Rectangle(10, 10, 20, 20, 0.9) with { TooWidePx = tooWidePx };

        Annotated kept = (await RunAsync(Plain with { ErodePx = erodePx }, candidate)).Value!;

        Assert.Equal(expected, kept.Box.Width);
    }

    [Theory]
    [InlineData(2, 512, 512, 2)]
    [InlineData(2, 256, 100, 1)]
    [InlineData(2, 100, 1024, 4)]
    [InlineData(16, 8192, 8192, 254)] // 256, but distances end at 254
    [InlineData(0, 8192, 1, 0)]
    public void Lengths_grow_with_the_pictures_longer_side(int px, int width, int height, int expected) =>
        Assert.Equal(expected, AnnotateOptions.Scale(px, width, height));

    [Fact]
    public async Task Hole_is_filled_up_to_its_bound_and_a_larger_one_stays()
    {
        MaskCandidate candidate = Rectangle(10, 10, 20, 20, 0.9);
        candidate.Logits[(20 * Side) + 20] = -1;
        candidate.Logits[(20 * Side) + 21] = -1;
        candidate.Logits[(15 * Side) + 15] = -1;
        AnnotateOptions options = Plain with { FillHoles = true, HoleRatioMax = 0.004 }; // 1 px of 397

        Annotated small = (await RunAsync(options, candidate)).Value!;
        Annotated every = (await RunAsync(options with { HoleRatioMax = 1 }, candidate)).Value!;

        Assert.Equal((398, 400), (small.AreaPx, every.AreaPx));
    }

    [Fact]
    public async Task Parts_of_a_share_of_the_largest_stay_when_one_part_is_not_asked_for()
    {
        MaskCandidate candidate = Rectangle(10, 10, 20, 20, 0.9);
        foreach (int x in new[] { 2, 3, 4, 5 })
        {
            candidate.Logits[(2 * Side) + x] = 1;
        }

        candidate.Logits[(35 * Side) + 35] = 1;

        Annotated kept = (await RunAsync(Plain with { PartRatioMin = 0.01 }, candidate)).Value!;

        Assert.Equal(404, kept.AreaPx);
    }

    [Fact]
    public async Task Each_gate_gives_its_reason_and_says_value_and_bound()
    {
        await DroppedAsync(Plain, RejectReason.PredictedIouLow, "0.4000 is below 0.5", Rectangle(10, 10, 20, 20, 0.4));
        await DroppedAsync(Plain, RejectReason.Empty, "nothing is left", Rectangle(0, 0, 0, 0, 0.9));
        await DroppedAsync(Plain, RejectReason.AreaLow, "0.0100 is below 0.05", Rectangle(10, 10, 4, 4, 0.9));
        await DroppedAsync(Plain, RejectReason.AreaHigh, "0.9025 is above 0.6", Rectangle(1, 1, 38, 38, 0.9));
        await DroppedAsync(Plain, RejectReason.TouchesBorder, "20 px is above 0 px", Rectangle(0, 10, 10, 20, 0.9));
        await DroppedAsync(
            Plain with { ErodePx = OnePx }, RejectReason.Empty, "nothing is left", Rectangle(10, 10, 2, 2, 0.9));
    }

    [Fact]
    public async Task Background_that_is_not_plain_is_dropped_and_the_gate_can_be_turned_off()
    {
        MaskCandidate missed = Rectangle(1, 1, 8, 18, 0.9); // elsewhere than the object of the picture

        Outcome<Annotated> dropped = await RunAsync(Plain, missed);
        Outcome<Annotated> kept = await RunAsync(Plain with { BackgroundDeviationMax = 255 }, missed);

        Assert.Equal(RejectReason.BackgroundNotPlain, dropped.DropReason);
        Assert.Contains("is above 10", dropped.Detail, StringComparison.Ordinal);
        Assert.Null(kept.DropReason);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Logit_that_is_not_finite_never_becomes_a_mask(float value)
    {
        MaskCandidate candidate = Rectangle(10, 10, 20, 20, 0.9);
        candidate.Logits[77] = value;

        await DroppedAsync(Plain, RejectReason.NonFinite, "mask 0 of fake", candidate);
    }

    [Fact]
    public async Task Model_without_a_predicted_IoU_is_not_held_to_the_bound()
    {
        Outcome<Annotated> outcome = await RunAsync(Plain, Rectangle(10, 10, 20, 20, double.NaN));

        Assert.Null(outcome.DropReason);
    }

    [Fact]
    public async Task Picture_of_one_colour_is_dropped_before_the_model_is_asked()
    {
        using FakeMaskPredictor predictor = new(Rectangle(10, 10, 20, 20, 0.9));
        Picture blank = Make(new RgbImage(Side, Side, new byte[Side * Side * 3]));

        Outcome<Annotated> outcome = await new AnnotateStep(predictor, Plain).RunAsync(blank, Token);

        Assert.Equal((RejectReason.Blank, 0), (outcome.DropReason, predictor.Calls));
    }

    [Fact]
    public async Task Drop_of_the_predictor_keeps_its_reason_and_detail()
    {
        using FakeMaskPredictor predictor = new(
            Outcome.Drop<IReadOnlyList<MaskCandidate>>(RejectReason.NonFinite, "mask 1"));

        Outcome<Annotated> outcome = await new AnnotateStep(predictor, Plain).RunAsync(Make(Image()), Token);

        Assert.Equal((RejectReason.NonFinite, "mask 1"), (outcome.DropReason, outcome.Detail));
    }

    [Fact]
    public void Every_wrong_option_is_named_and_refused()
    {
        AnnotateOptions options = new()
        {
            MaskChoice = (MaskChoice)7, MaskIndex = 16, HoleRatioMax = -1, ErodePx = 17, PartRatioMin = 2,
            PredictedIouMin = double.NaN, AreaRatioMin = 2, AreaRatioMax = 1, BorderTouchMaxPx = -1,
            BackgroundDeviationMax = 256, BackgroundPart = 0.1, BackgroundGapPx = 65,
        };

        using FakeMaskPredictor predictor = new();

        Assert.Equal(
            [
                "MaskChoice", "MaskIndex", "HoleRatioMax", "ErodePx", "PartRatioMin", "PredictedIouMin", "AreaRatioMin",
                "BorderTouchMaxPx", "BackgroundDeviationMax", "BackgroundPart", "BackgroundGapPx", "AreaRatioMin",
            ],
            options.Problems().Select(problem => problem.Property));
        Assert.Throws<ArgumentException>(() => new AnnotateStep(predictor, options));
        Assert.Empty(new AnnotateOptions().Problems());
    }

    private static async Task DroppedAsync(
        AnnotateOptions options, string reason, string detail, MaskCandidate candidate)
    {
        Outcome<Annotated> outcome = await RunAsync(options, candidate);
        Assert.Equal(reason, outcome.DropReason);
        Assert.Contains(detail, outcome.Detail, StringComparison.Ordinal);
    }

    private static async Task<Outcome<Annotated>> RunAsync(AnnotateOptions options, params MaskCandidate[] candidates)
    {
        using FakeMaskPredictor predictor = new(candidates);
        return await new AnnotateStep(predictor, options).RunAsync(Make(Image()), Token);
    }

    private static MaskCandidate Rectangle(int left, int top, int width, int height, double iou)
    {
        float[] logits = new float[Side * Side];
        for (int i = 0; i < logits.Length; i++)
        {
            (int x, int y) = (i % Side, i / Side);
            logits[i] = x >= left && x < left + width && y >= top && y < top + height ? 3 : -3;
        }

        return new MaskCandidate(logits, Side, Side, iou);
    }

    // White, with a grey object of 20 x 20 px in the middle.
    private static RgbImage Image()
    {
        byte[] pixels = new byte[Side * Side * 3];
        for (int i = 0; i < Side * Side; i++)
        {
            bool inside = i % Side is >= 10 and < 30 && i / Side is >= 10 and < 30;
            pixels.AsSpan(i * 3, 3).Fill(inside ? (byte)90 : (byte)255);
        }

        return new RgbImage(Side, Side, pixels);
    }

    private static Picture Make(RgbImage image) => new(
        new Prompt { Id = "0123456789abcdef", Category = "cat", Text = "a cat", Attempt = 0, Seed = 1 },
        image,
        "test",
        new Dictionary<string, string>());
}
