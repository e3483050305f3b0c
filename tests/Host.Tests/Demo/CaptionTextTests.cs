using FsCheck;
using FsCheck.Fluent;
using Host.Demo;

namespace Host.Tests.Demo;

/// <summary>Goal: a caption always fits, and says all it can.</summary>
public sealed class CaptionTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("red apple", "red apple")]
    [InlineData("red apple, score 0.71", "red apple,|score 0.71")]
    [InlineData("0123456789ab cd", "0123456789ab|cd")]
    [InlineData("0123456789abcd", "0123456789ab|cd")]
    [InlineData("one two three four five six", "one two|three fou...")]
    [InlineData("line\nbreak", "line break")]
    public void Lines_break_at_spaces_and_end_in_dots_when_cut(string caption, string lines) =>
        Assert.Equal(lines.Split('|'), CaptionText.Lines(caption, charactersALine: 12, linesMax: 2));

    [Fact]
    public void No_caption_overflows()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<PositiveInt>(), (caption, extra) =>
        {
            int width = 4 + (extra.Get % 60);

            IReadOnlyList<string> lines = CaptionText.Lines(caption.Get, width, linesMax: 2);

            return lines.Count is 1 or 2 && lines.All(line => line.Length <= width);
        }).QuickCheckThrowOnFailure();
    }
}
