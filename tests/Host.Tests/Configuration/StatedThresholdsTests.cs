using Engine.Index;
using Host.Configuration;
using Kernels.Similarity;

namespace Host.Tests.Configuration;

/// <summary>Goal: a map from the user's names is read as it stands, and a name that the index has not is told with its
/// place.</summary>
public sealed class StatedThresholdsTests
{
    private const string Filter = ConfigFile.Least + "embedder: {model: {model: clip}}\nindex: {file: real.hwindex}\n";

    [Fact]
    public void A_map_of_names_is_read_as_it_stands()
    {
        using ConfigFile file = new(Filter + """
            filters:
              - name: real
                real:
                  thresholds: {Red apple: 0.5, "1.5 l bottle": -1}
            """);

        IReadOnlyDictionary<string, double> read = file.Good().Filters[0].Real!.Thresholds;

        Assert.Equal([KeyValuePair.Create("1.5 l bottle", -1d), KeyValuePair.Create("Red apple", 0.5)],
            read.OrderBy(one => one.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_no_map_or_no_number_is_told_with_its_place()
    {
        using ConfigFile list = new(Filter + "filters: [{name: real, real: {thresholds: [0.5]}}]\n");
        using ConfigFile text = new(Filter + "filters: [{name: real, real: {thresholds: {apple: much}}}]\n");

        Assert.Equal(
            ["8:43: filters[0].real.thresholds: must be a mapping of names to values"], list.Said());
        Assert.Equal(
            ["8:51: filters[0].real.thresholds.apple: is 'much'; it must be a number"], text.Said());
    }

    [Fact]
    public void A_category_that_the_index_has_not_is_told_with_its_place_and_what_is_near()
    {
        using ConfigFile file = new(Filter + """
            filters:
              - name: real
                real:
                  thresholds:
                    red_apple: 0.5
                    aple: 0.5
            """);
        IndexInfo info = new(
            "m", "r", "s", [new IndexCategory(1, "apple", null, 0, 1), new IndexCategory(2, "Red apple", null, 1, 1)],
            new Dictionary<string, long>());
        IndexWriter.Write(
            file.Inside("real.hwindex"), info, width: 2, RowType.F32, (_, rows) => rows.Fill(0.5f), ["a", "b"],
            TestContext.Current.CancellationToken);

        string[] said = [.. file.Said(onThisMachine: true).Where(
            line => line.Contains("thresholds", StringComparison.Ordinal))];

        Assert.Equal(
            [
                "13:9: filters[0].real.thresholds.aple: is not a category of the index "
                    + $"{file.Inside("real.hwindex")}; do you mean apple?",
            ],
            said);
    }
}
