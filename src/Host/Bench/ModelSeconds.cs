using System.Diagnostics.Metrics;

namespace Host.Bench;

/// <summary>Adds up the seconds of all model runs, as an exporter would see them.</summary>
internal sealed class ModelSeconds : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private double _sum; // Guarded by _gate.

    public ModelSeconds()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "headwater.model.run.duration")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            lock (_gate)
            {
                _sum += seconds;
            }
        });
        _listener.Start();
    }

    /// <summary>Seconds of the runs that ended so far.</summary>
    public double Sum
    {
        get
        {
            lock (_gate)
            {
                return _sum;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
