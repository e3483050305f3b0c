using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Filter;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>
/// Goal: the score is the mean cosine to the category's pictures. Method: an embedder that makes a colour the direction
/// of a point, and pictures of one colour on the disk.
/// </summary>
public sealed class PrototypeFilterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ColourEmbedder _embedder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Score_is_the_mean_of_the_cosines_to_every_picture_of_the_category()
    {
        (byte, byte, byte)[] colours = [(200, 10, 0), (90, 90, 40), (5, 0, 250), (30, 200, 20), (255, 255, 255)];
        foreach ((byte red, byte green, byte blue) in colours)
        {
            Save("Cat", $"{red}-{green}.png", red, green, blue);
        }

        Save("dog", "d.png", 1, 2, 3);
        CategoryPrototypes prototypes = await LoadAsync();
        float[] point = ColourEmbedder.Unit(80, 160, 20);

        double? score = prototypes.Score("cat", point);

        double expected = colours.Average(colour =>
            ColourEmbedder.Unit(colour.Item1, colour.Item2, colour.Item3).Zip(point, (a, b) => (double)a * b).Sum());
        Assert.Equal(expected, score!.Value, 6);
        Assert.Equal((2, 6, 0), (prototypes.Categories, prototypes.Pictures, prototypes.SkippedCount));
        Assert.Null(prototypes.Score("bird", point));
    }

    [Fact]
    public async Task Threshold_is_inclusive_and_nan_never_passes()
    {
        Save("cat", "a.png", 0, 100, 0);
        CategoryPrototypes prototypes = await LoadAsync();
        PrototypeFilter all = new(Options(min: 1), prototypes);
        PrototypeFilter any = new(Options(min: -1), prototypes);

        Outcome<Embedded> same = await all.JudgeAsync(FilterItem.Of("cat", [0, 1, 0]), Token);
        Outcome<Embedded> below = await all.JudgeAsync(FilterItem.Of("cat", [0, MathF.BitDecrement(1), 0]), Token);
        Outcome<Embedded> nothing = await any.JudgeAsync(FilterItem.Of("cat", [float.NaN, 0, 0]), Token);

        Assert.Equal(1, same.Value!.Scores["similarity"]);
        Assert.Equal(RejectReason.ScoreLow, below.DropReason);
        Assert.Equal(RejectReason.ScoreLow, nothing.DropReason);
        Assert.Equal("similarity: the mean cosine is NaN; at least -1 is wanted", nothing.Detail);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, RejectReason.ScoreLow)]
    public async Task Category_without_pictures_passes_unscored_or_is_rejected_as_configured(
        bool reject, string? reason)
    {
        CategoryPrototypes prototypes = await LoadAsync();
        PrototypeFilter filter = new(Options(min: 0.6, reject), prototypes);

        Outcome<Embedded> outcome = await filter.JudgeAsync(FilterItem.Of("cat", [0, 1, 0]), Token);

        Assert.Equal(reason, outcome.DropReason);
        Assert.Empty(outcome.Value?.Scores ?? new Dictionary<string, double>());
    }

    [Fact]
    public async Task Broken_picture_is_left_out_and_named_and_only_so_many_are_read()
    {
        Save("a_b", "1.png", 0, 9, 0);
        File.WriteAllText(_folder.File("a_b/2.png"), "no picture");
        Save("a_b", "3.png", 0, 0, 0); // Black has no direction: the embedder drops it.
        Save("a_b", "4.png", 9, 0, 0);
        File.WriteAllText(_folder.File("a_b/notes.txt"), "not read");

        CategoryPrototypes prototypes = await LoadAsync(picturesMax: 3);

        Assert.Equal((1, 2), (prototypes.Pictures, prototypes.SkippedCount));
        Assert.Equal(
            [_folder.File("a_b/2.png"), _folder.File("a_b/3.png")],
            prototypes.Skipped.Select(line => line.Split(": ")[0]));
        Assert.Equal(1, prototypes.Score("A/b", [0, 1, 0]));
    }

    [Fact]
    public async Task Embedding_of_another_width_and_a_missing_folder_are_named()
    {
        Save("cat", "a.png", 0, 100, 0);
        CategoryPrototypes prototypes = await LoadAsync();

        InvalidDataException width = Assert.Throws<InvalidDataException>(() => prototypes.Score("cat", []));
        DirectoryNotFoundException absent = await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => CategoryPrototypes.LoadAsync(_folder.File("no"), 1, _embedder, Token));

        Assert.Equal("An embedding of 0 numbers cannot be compared with pictures embedded to 3.", width.Message);
        Assert.Equal($"The folder of real pictures '{_folder.File("no")}' is not there.", absent.Message);
    }

    [Fact]
    public void Options_that_are_wrong_are_all_named()
    {
        PrototypeOptions wrong = new() { PicturesMax = 0 };
        FilterOptions both = new() { Name = " ", Measure = "parts", Prototypes = wrong, Min = double.NaN };

        Assert.Equal(["Folder", "PicturesMax"], wrong.Problems().Select(problem => problem.Property));
        Assert.Equal(["Name", "Measure", "Min"], both.Problems().Select(problem => problem.Property));
    }

    private static FilterOptions Options(double min, bool rejectMissing = false) => new()
    {
        Name = "similarity", Min = min, Prototypes = new() { Folder = "x", RejectMissing = rejectMissing },
    };

    private Task<CategoryPrototypes> LoadAsync(int picturesMax = 100) =>
        CategoryPrototypes.LoadAsync(_folder.Path, picturesMax, _embedder, Token);

    private void Save(string category, string name, byte red, byte green, byte blue)
    {
        Directory.CreateDirectory(_folder.File(category));
        File.WriteAllBytes(
            _folder.File($"{category}/{name}"), ImageCodec.EncodePng(new RgbImage(1, 1, [red, green, blue])));
    }

    private sealed class ColourEmbedder : IImageEmbedder
    {
        public string Name => "colour";

        public int Width => 3;

        public int BatchMax => 2;

        public static float[] Unit(byte red, byte green, byte blue)
        {
            double length = Math.Sqrt((red * red) + (green * green) + (blue * blue));
            return [(float)(red / length), (float)(green / length), (float)(blue / length)];
        }

        public ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(
            IReadOnlyList<RgbImage> images, CancellationToken stopping)
        {
            Assert.InRange(images.Count, 1, BatchMax);
            return ValueTask.FromResult<IReadOnlyList<Outcome<float[]>>>([.. images.Select(image =>
                image.Pixels.All(value => value == 0)
                    ? Outcome.Drop<float[]>(RejectReason.NonFinite)
                    : Outcome.Keep(Unit(image.Pixels[0], image.Pixels[1], image.Pixels[2])))]);
        }

        public void Dispose()
        {
        }
    }
}
