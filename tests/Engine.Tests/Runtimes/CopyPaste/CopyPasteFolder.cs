using System.Globalization;
using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Tests.Shared;

namespace Engine.Tests.Runtimes.CopyPaste;

/// <summary>A small data set on the disk: random pictures, with polygons, a crowd of runs and an object without an
/// outline.</summary>
internal sealed class CopyPasteFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public CopyPasteFolder(int pictures, int seed)
    {
        Random random = new(seed);
        List<object> images = [];
        List<object> annotations = [];
        for (int i = 1; i <= pictures; i++)
        {
            (int width, int height) = (random.Next(80, 140), random.Next(80, 140));
            byte[] pixels = new byte[width * height * 3];
            random.NextBytes(pixels);
            string name = string.Create(CultureInfo.InvariantCulture, $"{i:D4}.png");
            File.WriteAllBytes(
                Path.Combine(_folder.Path, name), ImageCodec.EncodePng(new RgbImage(width, height, pixels)));
            images.Add(new { id = i, file_name = name, width, height });
            Add(annotations, i, category: 1, Square(5, 5, 30), crowd: 0);
            Add(annotations, i, category: 1, Square(25, 20, 12 + (i % 5)), crowd: 0);
            Add(annotations, i, category: 2, new
            {
                size = new[] { height, width },
                counts = new[] { 10 * height, 3 * height, (width - 13) * height },
            }, crowd: 1);
            Add(annotations, i, category: 2, segmentation: null, crowd: 0);
        }

        File.WriteAllText(Json, JsonSerializer.Serialize(new
        {
            images,
            annotations,
            categories = new object[] { new { id = 1, name = "bath_towel" }, new { id = 7, name = "otter" } },
        }).Replace("\"category_id\":2", "\"category_id\":7", StringComparison.Ordinal));
    }

    public string Images => _folder.Path;

    public string Json => Path.Combine(_folder.Path, "instances.json");

    public void Dispose() => _folder.Dispose();

    private static double[][] Square(double left, double top, double side) =>
        [[left, top, left + side, top, left + side, top + side, left, top + side]];

    private static void Add(List<object> to, int image, int category, object? segmentation, int crowd) => to.Add(new
    {
        id = to.Count + 1,
        image_id = image,
        category_id = category,
        bbox = new[] { 5.0, 5.0, 30.0, 30.0 },
        area = 900.0,
        segmentation,
        iscrowd = crowd,
    });
}
