using System.Formats.Tar;
using System.IO.Compression;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Library;
using Engine.Tests.Imaging;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Library;

/// <summary>
/// Goal: a prompt gets a picture of its category, the same for the same seed, whole and on white, from any source.
/// Method: the real emoji package where it is restored, and small folders and archives made here.
/// </summary>
public sealed class LibraryGeneratorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("apple", "a photo of a green apple", "green apple")]
    [InlineData("airplane", "a small airplane, in a white background", "small airplane")]
    [InlineData("teapot", "a photo of a single teapot", "teapot")]
    public async Task Category_and_words_of_the_prompt_choose_the_picture(string category, string text, string name)
    {
        using LibraryGenerator library = Emoji();

        Generated made = (await library.GenerateAsync([Make(category, text, seed: 1)], Token)).Single().Value!;

        Assert.Equal(name, made.Lineage["name"]);
    }

    [Fact]
    public async Task Same_seed_is_the_same_picture_alone_and_among_others_and_another_seed_is_another()
    {
        using LibraryGenerator library = Emoji();
        Prompt prompt = Make("apple", "an apple", seed: 77);

        RgbImage alone = (await library.GenerateAsync([prompt], Token))[0].Value!.Image;
        RgbImage among = (await library.GenerateAsync(
            [Make("dog", "a dog", seed: 1), prompt, Make("apple", "an apple", seed: 78)], Token))[1].Value!.Image;
        RgbImage other = (await library.GenerateAsync([prompt with { Seed = 78 }], Token))[0].Value!.Image;

        Assert.Equal(alone.Pixels, among.Pixels);
        Assert.NotEqual(alone.Pixels, other.Pixels);
    }

    [Fact]
    public void Object_lies_whole_inside_the_picture_on_white_for_any_seed()
    {
        using LibraryGenerator library = Emoji(new() { PictureSidePx = 128, RotationMaxDegrees = 180, ShiftMax = 1 });
        for (int i = 0; i < 40; i++)
        {
            LibraryEntry entry = library.Entries[i * 80 % library.Entries.Count];

            LibraryComposition made = library.Compose(entry, (ulong)i);

            for (int at = 0; at < 128; at++)
            {
                Assert.Equal(
                    (0, 0, 0, 0),
                    (made.Alpha[at], made.Alpha[(127 * 128) + at], made.Alpha[at * 128], made.Alpha[(at * 128) + 127]));
            }

            double covered = made.Alpha.Average(value => value / 255.0);
            Assert.InRange(covered, 0.005, 0.95);
            Assert.All(
                Enumerable.Range(0, made.Alpha.Length).Where(pixel => made.Alpha[pixel] == 0),
                pixel => Assert.Equal((byte)255, made.Image.Pixels[pixel * 3]));
        }
    }

    [Fact]
    public async Task Folder_zip_and_tar_hold_the_same_library()
    {
        WritePicture("fruit/red_apple.png", 1);
        WritePicture("fruit/banana.png", 2);
        ZipFile.CreateFromDirectory(_folder.File("library"), _folder.File("library.zip"));
        await TarFile.CreateFromDirectoryAsync(
            _folder.File("library"), _folder.File("library.tar"), includeBaseDirectory: false, Token);

        List<byte[]> pictures = [];
        foreach (string source in new[] { "library", "library.zip", "library.tar" })
        {
            using LibraryGenerator library = LibraryGenerator.Open(
                "test", new() { Source = _folder.File(source), PictureSidePx = 64 });
            Assert.Equal(["banana", "red apple"], library.Entries.Select(entry => entry.Name));
            Prompt prompt = Make("fruit", "a red one", seed: 5);
            pictures.Add((await library.GenerateAsync([prompt], Token))[0].Value!.Image.Pixels);
        }

        Assert.Equal(pictures[0], pictures[1]);
        Assert.Equal(pictures[0], pictures[2]);
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_damaged_are_rejections()
    {
        WritePicture("apple.png", 1);
        byte[] whole = await File.ReadAllBytesAsync(_folder.File("library/apple.png"), Token);
        await File.WriteAllBytesAsync(_folder.File("library/pear.png"), whole[..(whole.Length / 2)], Token);
        await File.WriteAllBytesAsync(_folder.File("library/plum.png"), [], Token);
        using LibraryGenerator library = LibraryGenerator.Open("test", new() { Source = _folder.File("library") });

        IReadOnlyList<Outcome<Generated>> outcomes = await library.GenerateAsync(
            [Make("yak", "x", 1), Make("pear", "x", 1), Make("plum", "x", 1), Make("apple", "x", 1)], Token);

        Assert.Equal(
            [RejectReason.NoSource, RejectReason.BadImage, RejectReason.BadImage, null],
            outcomes.Select(outcome => outcome.DropReason));
        Assert.StartsWith("pear.png: ", outcomes[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_empty_and_foreign_sources_are_named()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        File.WriteAllText(_folder.File("library.rar"), "x");

        foreach ((string source, string said) in new[]
        {
            ("nowhere", "neither a folder nor a file"), ("empty", "holds no picture"), ("library.rar", ".tgz"),
        })
        {
            Exception thrown = Assert.ThrowsAny<Exception>(() => Open(source));
            Assert.True(thrown is IOException or InvalidDataException, thrown.ToString());
            Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
        }

        LibraryGenerator Open(string name) => LibraryGenerator.Open("test", new() { Source = _folder.File(name) });
    }

    private static LibraryGenerator Emoji(LibraryOptions? options = null) => LibraryGenerator.Open(
        "emoji", (options ?? new LibraryOptions { PictureSidePx = 96 }) with
        {
            Source = Repository.Npm("fluent-emoji-3d", "assets"),
            Names = Repository.Npm("unicode-emoji-json", "data-by-emoji.json"),
        });

    private void WritePicture(string path, int seed)
    {
        string file = _folder.File("library/" + path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, ImageCodec.EncodePng(TestImages.Noise(32, 24, seed)));
    }

    private static Prompt Make(string category, string text, ulong seed) => new()
    {
        Id = "0123456789abcdef", Category = category, Text = text, Attempt = 0, Seed = seed,
    };
}
