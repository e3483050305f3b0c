using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Library;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Embed;

/// <summary>Goal: pictures and texts meet in one space: the pack's CLIP, in two halves, names what it sees.</summary>
public sealed class OnnxTextEmbedderTests : IDisposable
{
    private static readonly string[] Names =
        ["apple", "helicopter", "butterfly", "mushroom", "guitar", "teapot", "umbrella", "pizza"];

    private static readonly EmbedderOptions Pack = new()
    {
        Model = Repository.Path("models", "mini", "clip"), Onnx = new() { Providers = [OnnxProvider.Cpu] },
    };

    // The same weights in one graph.
    private static readonly EmbedderOptions Merged = Pack with
    {
        Model = Path.Combine(Pack.Model, "model.onnx"), TextModel = Path.Combine(Pack.Model, "model.onnx"),
    };

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Text_of_the_same_name_is_the_nearest_to_most_pictures()
    {
        using LibraryGenerator library = LibraryGenerator.Open("library", new LibraryOptions
        {
            Source = Repository.Npm("fluent-emoji-3d", "assets"),
            Names = Repository.Npm("unicode-emoji-json", "data-by-emoji.json"),
            PictureSidePx = 128,
        });
        using OnnxImageEmbedder images = await OnnxImageEmbedder.LoadAsync("clip", Pack, Token);
        using OnnxTextEmbedder texts = await OnnxTextEmbedder.LoadAsync(Pack, Token);
        IReadOnlyList<float[]> points = await texts.EmbedAsync(
            [.. Names.Select(name => $"a photo of a single {name}, in a white background")], Token);
        (int right, int all) = (0, 0);
        foreach (string name in Names)
        {
            LibraryEntry entry = library.Entries.Single(at => at.Name == (name == "apple" ? "red apple" : name));
            RgbImage[] pictures =
                [.. Enumerable.Range(0, 8).Select(i => library.Compose(entry, 900UL + (ulong)i).Image)];
            foreach (Outcome<float[]> point in await images.EmbedAsync(pictures, Token))
            {
                right += Nearest(point.Value!, points) == Array.IndexOf(Names, name) ? 1 : 0;
                all++;
            }
        }

        // Chance is 8 of 64; a red apple and a red teapot are alike to so small a model. Its card has the figures.
        Assert.Equal((images.Width, 64), (texts.Width, all));
        Assert.InRange(right, 40, 64);
    }

    [Fact]
    public async Task Text_has_length_1_and_does_not_depend_on_the_texts_beside_it()
    {
        using OnnxTextEmbedder texts = await OnnxTextEmbedder.LoadAsync(Pack, Token);

        float[] alone = (await texts.EmbedAsync(["a photo of an apple"], Token))[0];
        IReadOnlyList<float[]> among = await texts.EmbedAsync(["a teapot", "a photo of an apple", ""], Token);

        Assert.Equal(alone, among[1]);
        Assert.All(among, point => Assert.Equal(1, point.Sum(value => (double)value * value), 5));
    }

    [Fact]
    public async Task Merged_layout_gives_the_points_of_the_split_one()
    {
        using OnnxTextEmbedder splitTexts = await OnnxTextEmbedder.LoadAsync(Pack, Token);
        using OnnxTextEmbedder mergedTexts = await OnnxTextEmbedder.LoadAsync(Merged, Token);
        using OnnxImageEmbedder splitImages = await OnnxImageEmbedder.LoadAsync("clip", Pack, Token);
        using OnnxImageEmbedder mergedImages = await OnnxImageEmbedder.LoadAsync("clip", Merged, Token);
        RgbImage[] pictures =
        [
            .. Directory.EnumerateFiles(Repository.Path("models", "mini", "real", "apple"), "*.png")
                .Select(file => ImageCodec.DecodeRgb(File.ReadAllBytes(file), ImageLimits.Default)),
        ];

        IReadOnlyList<Outcome<float[]>> split = await splitImages.EmbedAsync(pictures, Token);
        IReadOnlyList<Outcome<float[]>> merged = await mergedImages.EmbedAsync(pictures, Token);

        Assert.NotEmpty(pictures);
        Assert.All(split.Zip(merged), pair => AssertSame(pair.First.Value!, pair.Second.Value!));
        AssertSame(
            (await splitTexts.EmbedAsync(["a photo of an apple"], Token))[0],
            (await mergedTexts.EmbedAsync(["a photo of an apple"], Token))[0]);
    }

    [Fact]
    public async Task Missing_tokenizer_is_named_with_the_places_looked_in()
    {
        File.Copy(Path.Combine(Pack.Model, "vision_model.onnx"), _folder.File("vision_model.onnx"));

        ModelException none = await Assert.ThrowsAsync<ModelException>(
            () => OnnxTextEmbedder.LoadAsync(Pack with { Model = _folder.Path }, Token));

        Assert.Equal(ModelFault.Missing, none.Fault);
        Assert.Contains("No vocab.json is in " + _folder.Path, none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_without_a_text_half_is_of_another_role()
    {
        EmbedderOptions wrong = Pack with
        {
            TextModel = Path.Combine(Pack.Model, "vision_model.onnx"), Tokenizer = Pack.Model,
        };

        ModelException role = await Assert.ThrowsAsync<ModelException>(
            () => OnnxTextEmbedder.LoadAsync(wrong, Token));

        Assert.Equal(ModelFault.WrongRole, role.Fault);
        Assert.Contains("input input_ids", role.Message, StringComparison.Ordinal);
    }

    // The same numbers, added in the same order or another.
    private static void AssertSame(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

    private static int Nearest(float[] point, IReadOnlyList<float[]> texts) => Enumerable.Range(0, texts.Count)
        .MaxBy(text => point.Zip(texts[text], (a, b) => (double)a * b).Sum());
}
