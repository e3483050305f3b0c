using System.Diagnostics.Metrics;

namespace Engine.Pipeline.Generate;

/// <summary>What each generator did. Labels: the configured name, a fixed outcome.</summary>
internal static class GenerateMetrics
{
    private static readonly Meter Meter = new("Headwater.Generate");
    private static readonly Counter<long> PicturesTotal = Meter.CreateCounter<long>(
        "headwater.generate.pictures", "{picture}", "Prompts answered by a generator, by outcome.");
    private static readonly Counter<long> StopsTotal = Meter.CreateCounter<long>(
        "headwater.generate.stops", "{event}", "Times a generator was stopped because nearly all its pictures failed.");
    private static readonly Histogram<double> CallSeconds = Meter.CreateHistogram<double>(
        "headwater.generate.call.duration", "s", "One batch of one generator.");

    internal static void Answered(string generator, string? reason) =>
        PicturesTotal.Add(
            1, new("generator", generator), new KeyValuePair<string, object?>("outcome", reason ?? "made"));

    internal static void Stopped(string generator) =>
        StopsTotal.Add(1, new KeyValuePair<string, object?>("generator", generator));

    internal static void Called(string generator, TimeSpan took) =>
        CallSeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("generator", generator));
}
