using System.Text.RegularExpressions;
using Tests.Shared;

namespace Tidy.Tests;

/// <summary>Goal: every instrument is in the catalogue of docs/operations.md, and the catalogue invents none.</summary>
public sealed partial class MetricCatalogueTests
{
    private static readonly string[] Endings =
        ["", "_total", "_seconds", "_seconds_total", "_bytes", "_bytes_total", "_ratio"];

    [Fact]
    public void Every_instrument_is_in_the_catalogue()
    {
        string[] catalogue = Catalogue();
        IEnumerable<string> missing = Instruments()
            .Where(instrument => !catalogue.Any(metric => Names(instrument).Contains(metric)));

        Findings.AssertNone(missing);
    }

    [Fact]
    public void Every_metric_of_the_catalogue_exists()
    {
        HashSet<string> known = [.. Instruments().SelectMany(Names)];

        Assert.NotEmpty(known);
        Assert.All(Catalogue(), metric => Assert.Contains(metric, known));
    }

    private static IEnumerable<string> Names(string instrument) =>
        Endings.Select(ending => instrument.Replace('.', '_') + ending);

    private static string[] Catalogue() =>
    [
        .. CatalogueRow().Matches(File.ReadAllText(Repository.Path("docs", "operations.md")))
            .SelectMany(row => MetricName().Matches(row.Value)).Select(match => match.Groups[1].Value).Distinct(),
    ];

    private static string[] Instruments() =>
    [
        .. Sources.Shipped.SelectMany(file => InstrumentName().Matches(file.Text))
            .Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex("\"(headwater[._][a-z_]+[._][a-z_.]+)\"")]
    private static partial Regex InstrumentName();

    [GeneratedRegex(@"^\| `headwater_.*$", RegexOptions.Multiline)]
    private static partial Regex CatalogueRow();

    [GeneratedRegex(@"`(headwater_[a-z_]+)(?:\{[^}]*\})?`")]
    private static partial Regex MetricName();
}
