using Engine.Runtimes.Library;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Library;

/// <summary>Goal: a picture shows what its category says; words that say nothing choose nothing.</summary>
public sealed class LibraryIndexTests : IDisposable
{
    private static readonly string[] Files =
    [
        "dog.png", "dog_face.png", "hot-dog.png", "cat.png", "cat with tears of joy.png", "flower.png",
        "white_flower.png", "red_apple.png", "green_apple.png", "kennel/001.png", "kennel/002 brown.png",
        "ear of corn.png", "corn-bread.png",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dog", "a photo of a single dog, in a white background", "dog")]
    [InlineData("Dog", "a dog on a hot day", "dog")]
    [InlineData("dog", "a photo of a hot dog", "hot dog")]
    [InlineData("cat", "a photo of a single cat, with a white background", "cat")]
    [InlineData("flower", "a flower, in a white background", "flower")]
    [InlineData("flower", "a white flower in a vase", "white flower")]
    [InlineData("apple", "a photo of an apple, in a plain white background", "green apple|red apple")]
    [InlineData("apple", "an apple, green and shiny", "green apple")]
    [InlineData("apple_red", "x", "red apple")]
    [InlineData("kennel", "a photo of one", "001|002 brown")]
    [InlineData("kennel", "a brown one", "002 brown")]
    [InlineData("corn", "a photo of corn, in a white background", "corn bread|ear of corn")]
    [InlineData("app", "an app", "")]
    [InlineData("dog house", "a dog house", "")]
    [InlineData("!?", "a photo of", "")]
    public void Exact_names_come_first_then_all_words_then_the_telling_words_of_the_prompt(
        string category, string prompt, string expected)
    {
        LibraryIndex index = new([.. Files.Order(StringComparer.Ordinal).Select(LibraryNames.None.Entry)]);

        string found = string.Join('|', index.Find(category, prompt).Select(entry => entry.Name));

        Assert.Equal(expected, found);
    }

    [Fact]
    public void Json_names_a_picture_by_path_file_stem_or_emoji_with_keywords_and_group()
    {
        File.WriteAllText(_folder.File("names.json"), """
            {
              "a/1.png": "red kite", "2.png": {"name": "Teapot", "keywords": ["crockery", "tea pot"]},
              "3": {"name": "stool", "group": "Furniture & More"}, "\u270B": {"name": "raised hand"},
              "#\uFE0F\u20E3": {"name": "keycap: #"}
            }
            """);
        LibraryNames names = LibraryNames.Load(_folder.File("names.json"));

        Assert.Equal("red kite", names.Entry("a/1.png").Name);
        Assert.Equal("1", names.Entry("b/1.png").Name);
        Assert.Equal(["crockery", "tea pot", "teapot", "x"], names.Entry("x/2.png").Labels.Order());
        Assert.Equal(["furniture", "more", "stool"], names.Entry("3.webp").Words.Order());
        Assert.Equal("raised hand", names.Entry("270b-fe0f.webp").Name);
        Assert.Equal("keycap", names.Entry("0023-fe0f-20e3.webp").Name);
        Assert.Equal("raised hand medium dark skin tone", names.Entry("270b-1f3fe.webp").Name);
        Assert.Contains("raised hand", names.Entry("270b-1f3fe.webp").Labels);
        Assert.Equal("1f999", names.Entry("1f999.webp").Name);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"a\": {\"title\": \"x\"}}")]
    [InlineData("{\"a\": {\"name\": \"x\", \"group\": 7}}")]
    [InlineData("{\"a\"")]
    public void Names_of_another_form_are_refused_with_the_file_named(string json)
    {
        File.WriteAllText(_folder.File("names.json"), json);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(
            () => LibraryNames.Load(_folder.File("names.json")));

        string said = _folder.File("names.json") + ": an object of names";
        Assert.StartsWith(said, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nearly_every_picture_of_the_icon_package_has_a_name()
    {
        LibraryNames names = LibraryNames.Load(Repository.Npm("unicode-emoji-json", "data-by-emoji.json"));
        string folder = Repository.Npm("fluent-emoji-3d", "assets");
        string[] files = [.. Directory.EnumerateFiles(folder).Select(Path.GetFileName)!];

        string[] unnamed = [.. files.Where(file => char.IsAsciiDigit(names.Entry(file).Name[0])
            && CodePoints.Of(names.Entry(file).Name.Replace(' ', '-')) is not null)];

        Assert.True(unnamed.Length <= files.Length / 100, $"{unnamed.Length}: {string.Join(' ', unnamed)}");
    }
}
