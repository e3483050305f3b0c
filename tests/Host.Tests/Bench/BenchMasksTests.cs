using System.CommandLine;
using Host.Commands;

namespace Host.Tests.Bench;

public sealed class BenchMasksTests
{
    [Theory]
    [InlineData("--count 0", "--count is 0; it must be 1 to 100000 pictures.")]
    [InlineData("--annotator sam9", "sam9")]
    public void Wrong_option_is_refused_with_the_value_and_the_bound(string line, string words)
    {
        ParseResult parsed = BenchMasks.Create().Parse(line.Split(' '));

        Assert.Contains(parsed.Errors, error => error.Message.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_are_both_annotators_and_200_pictures()
    {
        ParseResult parsed = BenchMasks.Create().Parse([]);

        Assert.Empty(parsed.Errors);
        Assert.Equal("both", parsed.GetValue<string>("--annotator"));
        Assert.Equal(200, parsed.GetValue<int>("--count"));
    }
}
