using Engine.Crops;
using Host.Composition;
using Host.Configuration;

namespace Host.Tests.Configuration;

/// <summary>Goal: what a configuration says of the embedder's pictures, or leaves unsaid, gives one recipe, and names
/// of different recipes differ.</summary>
public sealed class EmbedderCropTests
{
    private const string Blurred = "blur 10 px, padding 40 px";

    private readonly List<string> _said = [];

    [Theory]
    [InlineData("", null, "black 10 px, whole pictures")] // As it was before there were crops.
    [InlineData("", Blurred, Blurred)]
    [InlineData("", "none 10 px, padding 7 px", "none 10 px, padding 7 px")]
    [InlineData("", "whole pictures", "whole pictures")]
    [InlineData("", "as given", "black 10 px, whole pictures")]
    [InlineData(", background: black", Blurred, "black 10 px, whole pictures")]
    [InlineData(", background: white", Blurred, "white 10 px, whole pictures")]
    [InlineData(", background: keep", null, "whole pictures")]
    [InlineData(", crop: {recipe: index}", "white 3 px, padding 0 px", "white 3 px, padding 0 px")]
    [InlineData(", crop: {recipe: divergen}", Blurred, "black 10 px, whole pictures")]
    [InlineData(", crop: {recipe: explicit}", "whole pictures", Blurred)]
    [InlineData(", crop: {padding_px: 5, outside: white, blur_px: 3}", Blurred, "white 3 px, padding 5 px")]
    public void A_section_and_an_index_give_one_recipe(string more, string? index, string expected)
    {
        EmbedderSection embedder = Read(more);

        Assert.Equal(expected, EmbedTreatment.Of(embedder, index, _said.Add).Text);

        if (index is null)
        {
            Assert.Empty(_said);
        }
        else
        {
            Assert.Contains(
                expected == index ? $"as the index's pictures: {index}" : $"the index's pictures as '{index}'",
                Assert.Single(_said), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_index_that_does_not_know_its_recipe_cannot_be_followed()
    {
        InvalidDataException thrown = Assert.Throws<InvalidDataException>(
            () => EmbedTreatment.Of(Read(", crop: {recipe: index}"), "as given", _said.Add));

        Assert.Contains("the index says of its pictures 'as given' only", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_whole_pictures_are_those_of_stored_samples_and_all_names_differ()
    {
        string[] names =
        [
            .. from whole in new[] { true, false }
               from outside in Enum.GetValues<OutsideFill>()
               from padding in new[] { 0, 40 }
               where !whole || padding == 0
               select EmbedTreatment.NameOf(new() { IsWhole = whole, Outside = outside, PaddingPx = padding }),
        ];

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Superset(new HashSet<string> { "black", "white", "keep", Blurred }, names.ToHashSet());
    }

    [Theory]
    [InlineData("background: white, crop: {}", "background: is given beside crop; background is for the whole picture")]
    [InlineData("crop: {recipe: divergen, padding_px: 3}", "crop.recipe: is divergen, which says it all")]
    [InlineData("crop: {padding_px: 4097}", "crop.padding_px: is 4097; it must be 0 to 4096 px")]
    [InlineData("crop: {blur_px: 0}", "crop.blur_px: is 0; it must be 1 to 256 px")]
    [InlineData("crop: {recipe: indx}", "crop.recipe: is 'indx'")]
    public void What_is_wrong_is_told_with_its_key(string section, string expected)
    {
        using ConfigFile file = new($"{ConfigFile.Least}embedder: {{model: {{model: clip}}, {section}}}\n");

        Assert.Contains($"embedder.{expected}", Assert.Single(file.Said()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_no_filter_asks_cannot_be_followed()
    {
        using ConfigFile file = new(
            ConfigFile.Least + "index: {file: i}\nembedder: {model: {model: clip}, crop: {recipe: index}}\n");

        Assert.Contains(
            "embedder: has crop.recipe index, but no filter asks the index", Assert.Single(file.Said()),
            StringComparison.Ordinal);
    }

    private static EmbedderSection Read(string more)
    {
        using ConfigFile file = new(
            ConfigFile.Least + "index: {file: i}\nfilters: [{name: copy, copies: {max: 1}}]\n"
            + $"embedder: {{model: {{model: clip}}{more}}}\n");
        return file.Good().Embedder!;
    }
}
