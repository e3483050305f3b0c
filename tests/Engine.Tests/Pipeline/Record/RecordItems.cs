using Engine.Items;

namespace Engine.Tests.Pipeline.Record;

/// <summary>Makes items that are ready to be encoded.</summary>
internal static class RecordItems
{
    public static Embedded Of(int width = 40, int height = 30, int seed = 1)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        byte[] mask = new byte[width * height];
        for (int row = 5; row < 20; row++)
        {
            mask.AsSpan((row * width) + 8 + (row % 4), 15).Fill(1);
        }

        Prompt prompt = new()
        {
            Id = "00112233445566aa",
            Category = "sea \u00e9toile \U0001F9A6 \"x\"",
            Text = "a photo of <a> single sea otter\u2019s paw",
            Attempt = 7,
            Seed = ulong.MaxValue,
        };
        Picture picture = new(
            prompt,
            new RgbImage(width, height, pixels),
            "mini",
            new Dictionary<string, string> { ["steps"] = "20", ["model"] = "mini-1" });
        Annotated annotated = new()
        {
            Picture = picture,
            Mask = new BinaryMask(width, height, mask),
            Box = new Box(8, 5, 18, 15),
            AreaPx = 225,
            Annotator = "sam",
            PredictedIou = 0.875,
            Measures = new Dictionary<string, double> { ["border_px"] = 0, ["area_ratio"] = 0.1875 },
        };
        Dictionary<string, double> scores = new() { ["clip"] = 0.25, ["bad"] = double.NaN };
        return new Embedded(annotated, new float[4], scores);
    }
}
