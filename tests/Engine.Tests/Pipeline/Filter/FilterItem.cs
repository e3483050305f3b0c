using Engine.Imaging;
using Engine.Items;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>An item of which only the category and the embedding matter.</summary>
internal static class FilterItem
{
    public static Embedded Of(string category, float[] embedding) => new(
        new Annotated
        {
            Picture = new Picture(
                new Prompt { Id = "0123456789abcdef", Category = category, Text = "t", Attempt = 0, Seed = 1 },
                new RgbImage(1, 1, [0, 0, 0]), "fake", new Dictionary<string, string>()),
            Mask = new BinaryMask(1, 1, [1]), Box = new Box(0, 0, 1, 1), AreaPx = 1, Annotator = "fake",
            PredictedIou = 1, Measures = new Dictionary<string, double>(),
        },
        embedding,
        new Dictionary<string, double>());
}
