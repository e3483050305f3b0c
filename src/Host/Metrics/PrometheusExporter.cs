using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Host.Metrics;

/// <summary>Collects every instrument of the process' Headwater meters and writes them in the text format.</summary>
/// <remarks>No exporter package exists on every feed this project builds from; the format is small and a test has
/// promtool check it. Recording takes no lock; a scrape takes one against other scrapes.</remarks>
internal sealed class PrometheusExporter : IDisposable
{
    private const string MeterPrefix = "Headwater.";

    private static readonly Meter OwnMeter = new("Headwater.Metrics");
    private static readonly Counter<long> DroppedTotal = OwnMeter.CreateCounter<long>(
        "headwater.metrics.series.dropped", "{measurement}",
        "Measurements not kept: too many series or labels, no number, or a gauge that failed.");

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly Lock _scrape = new();

    /// <summary>Starts to listen, also to instruments that are made later.</summary>
    public PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, MetricFamily.Of));
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, state) => Take(value, tags, state));
        _listener.Start();
    }

    /// <summary>All metrics now, in order of name, in the text format 0.0.4.</summary>
    public string Scrape()
    {
        lock (_scrape)
        {
            foreach (MetricFamily family in _families.Values.Where(family => family.IsObservable))
            {
                family.Clear();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException cause)
            {
                // What an object that is going away could not answer; the others have been asked all the same.
                DroppedTotal.Add(cause.InnerExceptions.Count);
            }

            StringBuilder text = new();
            foreach (MetricFamily family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.WriteTo(text);
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is MetricFamily family && !family.Take(value, tags))
        {
            DroppedTotal.Add(1);
        }
    }
}
