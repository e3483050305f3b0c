using System.Diagnostics.Metrics;
using Host.Metrics;
using Tests.Shared;

namespace Host.Tests.Metrics;

/// <summary>Goal: what is recorded is what a scrape says, in the text format 0.0.4, whatever the labels hold.</summary>
public sealed class PrometheusExporterTests
{
    [Fact]
    public void Scrape_is_the_reviewed_text()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Golden");
        Counter<long> items = meter.CreateCounter<long>("golden.items", "{item}", "Items\nseen.");
        Histogram<double> wait = meter.CreateHistogram(
            "golden.wait", "s", "A wait.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        using Meter foreign = new("Elsewhere");
        foreign.CreateCounter<long>("foreign").Add(1);
        meter.CreateObservableGauge("golden.size", () => 2.5, "By", "A size.");

        items.Add(2, new("stage", "b"), new KeyValuePair<string, object?>("reason", "x"));
        items.Add(3, new KeyValuePair<string, object?>("stage", "a\"\\\n"));
        wait.Record(0.1);
        wait.Record(0.5);
        wait.Record(7);

        Assert.Equal(
            """
            # HELP golden_items_total Items\nseen.
            # TYPE golden_items_total counter
            golden_items_total{reason="x",stage="b"} 2
            golden_items_total{stage="a\"\\\n"} 3
            # HELP golden_size_bytes A size.
            # TYPE golden_size_bytes gauge
            golden_size_bytes 2.5
            # HELP golden_wait_seconds A wait.
            # TYPE golden_wait_seconds histogram
            golden_wait_seconds_bucket{le="0.1"} 1
            golden_wait_seconds_bucket{le="1"} 2
            golden_wait_seconds_bucket{le="+Inf"} 3
            golden_wait_seconds_sum 7.6
            golden_wait_seconds_count 3

            """,
            Own(exporter.Scrape(), "golden_"));
    }

    [Fact]
    public void Sum_over_threads_is_exact()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Threads");
        Counter<double> counter = meter.CreateCounter<double>("threads.sum");
        Histogram<double> histogram = meter.CreateHistogram<double>("threads.spread", "s");

        Parallel.For(0, 8, thread =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("thread", thread % 2));
                histogram.Record(0.25);
            }
        });

        string text = exporter.Scrape();
        Assert.Contains("threads_sum_total{thread=\"0\"} 40000\n", text, StringComparison.Ordinal);
        Assert.Contains("threads_sum_total{thread=\"1\"} 40000\n", text, StringComparison.Ordinal);
        Assert.Contains("threads_spread_seconds_sum 20000\n", text, StringComparison.Ordinal);
        Assert.Contains("threads_spread_seconds_count 80000\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_are_bounded_and_what_is_not_kept_is_counted()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Flood");
        Counter<long> counter = meter.CreateCounter<long>("flood");

        for (int i = 0; i < 5_000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        string text = exporter.Scrape();
        Assert.Equal(4_000, text.Split('\n').Count(line => line.StartsWith("flood_total{", StringComparison.Ordinal)));
        Assert.Contains("headwater_metrics_series_dropped_total 1000", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_of_labels_makes_no_second_series()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Order");
        Counter<long> counter = meter.CreateCounter<long>("order");
        KeyValuePair<string, object?>[] labels = [new("d", 1), new("b", 2), new("a", 3), new("c", 4)];

        foreach (KeyValuePair<string, object?>[] permuted in Permutations(labels))
        {
            counter.Add(1, permuted);
        }

        Assert.Contains(
            "\norder_total{a=\"3\",b=\"2\",c=\"4\",d=\"1\"} 24\n", exporter.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Measurement_that_cannot_be_kept_is_counted_and_harms_nothing()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Odd");
        Counter<double> counter = meter.CreateCounter<double>("odd");
        Histogram<double> histogram = meter.CreateHistogram<double>("odd.wait", "s");
        Func<long> failing = () => throw new InvalidOperationException("gone");
        meter.CreateObservableGauge("odd.gauge", failing);

        counter.Add(1);
        counter.Add(double.NaN);
        counter.Add(1, new("a", 1), new("b", 1), new("c", 1), new("d", 1), new("e", 1));
        histogram.Record(double.NaN);
        histogram.Record(2);

        string text = exporter.Scrape() + exporter.Scrape();
        Assert.Contains("odd_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("odd_wait_seconds_sum 2\n", text, StringComparison.Ordinal);
        Assert.Contains("odd_wait_seconds_count 1\n", text, StringComparison.Ordinal);
        Assert.Contains("headwater_metrics_series_dropped_total 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Observable_that_falls_silent_is_gone()
    {
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Silent");
        List<Measurement<long>> says = [new(4, new KeyValuePair<string, object?>("group", "a"))];
        meter.CreateObservableGauge("silent.lag", () => says);

        string before = exporter.Scrape();
        says.Clear();
        string after = exporter.Scrape();

        Assert.Contains("silent_lag{group=\"a\"} 4", before, StringComparison.Ordinal);
        Assert.DoesNotContain("silent_lag", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_say()
    {
        if (!File.Exists("/usr/bin/promtool"))
        {
            Assert.Skip("promtool is missing; install the package prometheus.");
        }

        ProcessMetrics.Start(TimeProvider.System);
        using PrometheusExporter exporter = new();
        using Meter meter = new("Headwater.Promtool");
        Counter<long> items = meter.CreateCounter<long>("promtool.items", "{item}", "Items.");
        items.Add(1, new KeyValuePair<string, object?>("a", "ü\"\\"));
        meter.CreateHistogram<double>("promtool.wait", "s", "A wait.").Record(0.3);

        Command check = await Command.RunAsync(
            "/usr/bin/promtool", ["check", "metrics"], input: Own(exporter.Scrape(), "promtool_", "headwater_process"));

        Assert.True(check.ExitCode == 0 && check.Error.Length == 0, check.Output + check.Error);
    }

    private static IEnumerable<T[]> Permutations<T>(T[] items) => items.Length < 2
        ? [items]
        : items.SelectMany((first, at) => Permutations<T>([.. items[..at], .. items[(at + 1)..]])
            .Select(rest => (T[])[first, .. rest]));

    private static string Own(string text, params string[] prefixes) => string.Concat(text.Split('\n')
        .Where(line => prefixes.Any(prefix => line.Replace("# HELP ", "", StringComparison.Ordinal)
            .Replace("# TYPE ", "", StringComparison.Ordinal).StartsWith(prefix, StringComparison.Ordinal)))
        .Select(line => line + "\n"));
}
