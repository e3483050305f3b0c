using System.Diagnostics.Metrics;

namespace Engine.Runtimes.Onnx;

public sealed partial class OnnxModel
{
    private static readonly Meter Meter = new("Headwater.Model");

    private static readonly Histogram<double> RunSeconds = Meter.CreateHistogram<double>(
        "headwater.model.run.duration", "s", "One run of a model, without the wait for room.");

    private readonly KeyValuePair<string, object?>[] _tags;
}
