using Engine.Flow;
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

    private static int Nearest(float[] point, IReadOnlyList<float[]> texts) => Enumerable.Range(0, texts.Count)
        .MaxBy(text => point.Zip(texts[text], (a, b) => (double)a * b).Sum());
}
