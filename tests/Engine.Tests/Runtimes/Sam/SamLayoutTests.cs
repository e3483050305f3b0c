using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Sam;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Sam;

/// <summary>
/// Goal: each layout is fed what it expects and read as it means it: order and scale of points, labels, sizes, padding,
/// which mask is which. Method: tiny graphs that give back what they were fed; pictures that are not square, so that a
/// swap of x and y shows.
/// </summary>
public sealed class SamLayoutTests : IDisposable
{
    // A wide picture, twice as wide as high, larger than the 64 px frame: it takes 64 x 32 of it when padded.
    private static readonly RgbImage Wide = Split(200, 100);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SamLayout.Auto)]
    [InlineData(SamLayout.Sam)]
    public async Task Own_layout_gets_points_in_the_padded_frame_a_padding_point_and_the_size_height_first(
        SamLayout layout)
    {
        using SamPredictor sam = Load(SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.OwnRecorder(), layout);

        double[] record = await RecordAsync(sam, Split(40, 20));

        (float right, float bottom) = ((float)(39 * 64 / 40.0), (float)(19 * 64 / 40.0));
        Assert.Equal([0, 0, right, 0, 0, bottom, right, bottom, 0, 0], record[..10]);
        Assert.Equal([1, 1, 1, 1, -1], record[10..15]);
        Assert.Equal([0, 20, 40, 0], record[15..]); // no earlier mask, height, width, earlier mask all 0
    }

    [Fact]
    public async Task Own_layout_is_never_asked_for_masks_beyond_the_frame()
    {
        using SamPredictor sam = Load(SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.OwnSized());

        IReadOnlyList<MaskCandidate> candidates = await CandidatesAsync(sam, Wide);

        Assert.All(candidates, candidate => Assert.Equal((64, 32), (candidate.Width, candidate.Height)));
    }

    [Fact]
    public async Task Own_layout_skips_the_first_of_four_masks_and_every_mask_is_inverted()
    {
        using SamPredictor sam = Load(SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.OwnSized());

        IReadOnlyList<MaskCandidate> candidates = await CandidatesAsync(sam, Split(40, 20));

        Assert.Equal([-2f, -3f, -4f], candidates.Select(candidate => candidate.Logits[^1]));
        Assert.Equal([0.2f, 0.3f, 0.4f], candidates.Select(candidate => (float)candidate.PredictedIou));
        Assert.All(candidates, candidate => Assert.Equal((40, 20), (candidate.Width, candidate.Height)));
    }

    [Theory]
    [InlineData(SamLayout.Auto)]
    [InlineData(SamLayout.Sam2)]
    public async Task Sam2_layout_gets_points_in_the_stretched_frame_and_its_embeddings_by_name(SamLayout layout)
    {
        using SamPredictor sam = Load(
            SamGraphs.Encoder("image", "image_embed", "high_res_feats_0", "high_res_feats_1"),
            SamGraphs.Sam2Recorder(),
            layout);

        double[] record = await RecordAsync(sam, Wide);

        (float right, float bottom) = ((float)(199 * 64 / 200.0), (float)(99 * 64 / 100.0));
        Assert.Equal([0, 0, right, 0, 0, bottom, right, bottom], record[..8]);
        Assert.Equal([1, 1, 1, 1, 0, 0], record[8..14]);
        Assert.Equal(SumOfMeans(), record[14], 1e-3);
    }

    [Theory]
    [InlineData(SamLayout.Auto)]
    [InlineData(SamLayout.Optimum)]
    public async Task Optimum_layout_gets_points_in_the_padded_frame_and_whole_labels_without_a_padding_point(
        SamLayout layout)
    {
        using SamPredictor sam = Load(
            SamGraphs.Encoder("pixel_values", "image_embeddings", "image_positional_embeddings"),
            SamGraphs.OptimumRecorder(positions: true),
            layout);

        double[] record = await RecordAsync(sam, Wide);

        (float right, float bottom) = ((float)(199 * 64 / 200.0), (float)(99 * 32 / 100.0));
        Assert.Equal([0, 0, right, 0, 0, bottom, right, bottom], record[..8]);
        Assert.Equal([1, 1, 1, 1], record[8..12]);

        // Half of the frame is padding, and padding is 0 after normalisation, so the sum halves.
        Assert.Equal(SumOfMeans() / 2, record[12], 1e-3);
    }

    [Fact]
    public async Task Optimum_layout_of_SAM_2_stretches_the_picture_and_gets_no_box()
    {
        using SamPredictor sam = Load(
            SamGraphs.Encoder("pixel_values", "image_embeddings.0"), SamGraphs.OptimumRecorder(positions: false));

        double[] record = await RecordAsync(sam, Wide);

        Assert.Equal((float)(99 * 64 / 100.0), record[7]);
        Assert.Equal(0, record[12]);
    }

    [Fact]
    public async Task Optimum_masks_lose_their_padding_and_lie_where_the_picture_lies()
    {
        using SamPredictor sam = Load(
            SamGraphs.Encoder("pixel_values", "image_embeddings", "image_positional_embeddings"),
            SamGraphs.OptimumEcho());

        MaskCandidate red = (await CandidatesAsync(sam, Wide))[0];

        // The picture is black left and white right, so the inverted red channel is above 0 left and below it right.
        Assert.Equal((64, 32), (red.Width, red.Height));
        Assert.All(Enumerable.Range(0, 31), y => Assert.True(red.Logits[y * 64] > 1 && red.Logits[(y * 64) + 63] < -1));
        Assert.Equal(0.5f, (float)red.PredictedIou);
    }

    [Fact]
    public async Task Margin_moves_the_points_inwards_in_px_of_the_picture_and_stops_at_the_middle()
    {
        using SamPredictor sam = Load(
            SamGraphs.Encoder("x", "image_embeddings"), SamGraphs.OwnRecorder(), marginPx: 10);

        double[] wide = await RecordAsync(sam, Split(64, 32));
        double[] tiny = await RecordAsync(sam, Split(4, 2));

        Assert.Equal([10, 10, 53, 10, 10, 21, 53, 21], wide[..8]);
        Assert.Equal([0, 0, 48, 0, 0, 16, 48, 16], tiny[..8]);
    }

    internal static RgbImage Split(int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
        {
            pixels.AsSpan(i * 3, 3).Fill(i % width < width / 2 ? (byte)0 : (byte)255);
        }

        return new RgbImage(width, height, pixels);
    }

    // The embedding holds 16 cells a channel, half of them black and half white, as (v - mean) / std of each channel.
    private static double SumOfMeans()
    {
        double sum = 0;
        foreach ((double mean, double std) in new[] { (0.485, 0.229), (0.456, 0.224), (0.406, 0.225) })
        {
            sum += (8 * (0 - mean) / std) + (8 * (1 - mean) / std);
        }

        return sum;
    }

    private static async Task<double[]> RecordAsync(SamPredictor sam, RgbImage image) =>
        [.. (await CandidatesAsync(sam, image)).Select(candidate => candidate.PredictedIou)];

    private static async Task<IReadOnlyList<MaskCandidate>> CandidatesAsync(SamPredictor sam, RgbImage image)
    {
        Outcome<IReadOnlyList<MaskCandidate>> outcome = await sam.PredictAsync(image, Token);
        Assert.Null(outcome.DropReason);
        return outcome.Value!;
    }

    private SamPredictor Load(
        TinyOnnx encoder, TinyOnnx decoder, SamLayout layout = SamLayout.Auto, int marginPx = 0) =>
        SamPredictor.Load("sam", new SamOptions
        {
            Encoder = encoder.Save(_folder.File("encoder.onnx")),
            Decoder = decoder.Save(_folder.File("decoder.onnx")),
            Layout = layout,
            PointMarginPx = marginPx,
            Onnx = new() { ThreadsMax = 1 },
        });
}
