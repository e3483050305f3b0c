using Host.Demo;

namespace Host.Tests.Demo;

/// <summary>Goal: every printable character can be told from every other.</summary>
public sealed class BitmapFontTests
{
    [Fact]
    public void Printable_characters_all_differ_and_only_space_is_empty()
    {
        string[] drawn = [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => Drawn((char)code))];

        Assert.Equal(95, drawn.Distinct().Count());
        Assert.All(drawn.Skip(1), character => Assert.Contains('#', character));
        Assert.DoesNotContain('#', drawn[0]);
    }

    [Theory]
    [InlineData('\n')]
    [InlineData('\u007F')]
    [InlineData('\u00E9')]
    [InlineData('\uD83D')]
    public void Character_that_is_not_printable_ASCII_is_a_question_mark(char character) =>
        Assert.Equal(Drawn('?'), Drawn(character));

    private static string Drawn(char character) => string.Concat(
        Enumerable.Range(0, BitmapFont.WidthPx * BitmapFont.HeightPx)
            .Select(at => BitmapFont.IsInk(character, at % BitmapFont.WidthPx, at / BitmapFont.WidthPx) ? '#' : '.'));
}
