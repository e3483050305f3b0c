using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Host.Metrics;

/// <summary>One instrument and its series.</summary>
internal sealed class MetricFamily
{
    private const int SeriesMax = 4000;

    // From half a millisecond to ten minutes: a hop, a fsync, a SAM encoder, a stalled consumer.
    private static readonly double[] SecondsBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 600];

    private readonly ConcurrentDictionary<MetricTags, MetricSeries> _series = new();
    private readonly double[] _bounds;
    private readonly string _help;

    public MetricFamily(Instrument instrument)
    {
        Type = TypeOf(instrument);
        Name = MetricText.FamilyName(instrument, Type);
        IsObservable = instrument.IsObservable;
        _help = instrument.Description ?? instrument.Name;
        _bounds = Type == "histogram" ? BoundsOf(instrument) : [];
    }

    public string Name { get; }

    public string Type { get; }

    public bool IsObservable { get; }

    /// <summary>Takes one measurement. Never throws: it runs inside whoever measures.</summary>
    /// <returns>False when it is not kept: it would make one series too many, has more labels than a series, or is no
    /// number and would spoil a sum for good.</returns>
    public bool Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > MetricTags.CountMax || (double.IsNaN(value) && Type != "gauge"))
        {
            return false;
        }

        MetricTags key = new(tags);
        if (!_series.TryGetValue(key, out MetricSeries? series))
        {
            // The count may pass the bound by the threads that race here; it stays a bound.
            if (_series.Count >= SeriesMax)
            {
                return false;
            }

            series = _series.GetOrAdd(key, _ => new MetricSeries(_bounds));
        }

        switch (Type)
        {
            case "histogram":
                series.Record(value);
                break;
            case "counter" when !IsObservable:
                series.Add(value);
                break;
            case "gauge" when !IsObservable && IsUpDown:
                series.Add(value);
                break;
            default:
                series.Set(value);
                break;
        }

        return true;
    }

    /// <summary>Forgets what an observable instrument said last: what it no longer says is gone.</summary>
    public void Clear() => _series.Clear();

    public void WriteTo(StringBuilder text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Append("# HELP ").Append(Name).Append(' ').Append(MetricText.EscapeHelp(_help)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(Type).Append('\n');
        var ordered = _series.Select(pair => (Labels: pair.Key.ToString(), pair.Value))
            .OrderBy(pair => pair.Labels, StringComparer.Ordinal);
        foreach ((string labels, MetricSeries series) in ordered)
        {
            if (Type == "histogram")
            {
                WriteHistogram(text, labels, series);
            }
            else
            {
                WriteLine(text, Name, labels, series.Value);
            }
        }
    }

    private bool IsUpDown { get; init; }

    public static MetricFamily Of(Instrument instrument) => new(instrument)
    {
        IsUpDown = instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal),
    };

    private static void WriteLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(MetricText.Number(value)).Append('\n');
    }

    private static string TypeOf(Instrument instrument)
    {
        string name = instrument.GetType().Name;
        return name.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : name.StartsWith("Counter", StringComparison.Ordinal)
                || name.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Instrument<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Instrument<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Instrument<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        { Unit: "By" } => [.. Enumerable.Range(5, 13).Select(power => Math.Pow(4, power))],
        _ => SecondsBounds,
    };

    private void WriteHistogram(StringBuilder text, string labels, MetricSeries series)
    {
        string before = labels.Length > 0 ? labels + "," : "";
        long[] counts = series.Cumulative();
        for (int i = 0; i < counts.Length; i++)
        {
            string bound = MetricText.Number(i < _bounds.Length ? _bounds[i] : double.PositiveInfinity);
            WriteLine(text, Name + "_bucket", $"{before}le=\"{bound}\"", counts[i]);
        }

        WriteLine(text, Name + "_sum", labels, series.Value);
        WriteLine(text, Name + "_count", labels, counts[^1]);
    }
}
