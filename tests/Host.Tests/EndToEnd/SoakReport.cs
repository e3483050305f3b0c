using System.Globalization;

namespace Host.Tests.EndToEnd;

/// <summary>What readings of a soak say together.</summary>
/// <param name="readings">One a second.</param>
internal sealed class SoakReport(IReadOnlyList<SoakReading> readings)
{
    private const int WarmUpSecondsMax = 300;

    // Compiling, caches and the first collections: half of a short run, 5 minutes of a long one.
    private readonly SoakReading[] _warm =
        [.. readings.Skip(Math.Min(WarmUpSecondsMax, readings.Count / 2))];

    /// <summary>Samples stored.</summary>
    public long Accepted => readings[^1].Accepted;

    /// <summary>Growth of memory in RAM after the warm-up.</summary>
    public double MemoryMiBPerMinute => PerSecond(reading => reading.MemoryBytes) * 60 / (1 << 20);

    /// <summary>Handles more at the end than after the warm-up, by the line through all.</summary>
    public double HandlesGrown => PerSecond(reading => reading.Handles) * Seconds;

    /// <summary>Threads more at the end than after the warm-up, by the line through all.</summary>
    public double ThreadsGrown => PerSecond(reading => reading.Threads) * Seconds;

    private double Seconds => _warm[^1].Second - _warm[0].Second;

    /// <summary>How long a group held the line back.</summary>
    public double BlockedSeconds(string group) => readings[^1].Blocked.GetValueOrDefault(group);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {readings.Count} s, {Accepted} samples, {(double)Accepted / readings.Count:F0} a second
        after {readings.Count - _warm.Length} s of warm-up:
        memory {MemoryMiBPerMinute:F3} MiB/min, {Range(reading => reading.MemoryBytes >> 20)} MiB
        handles {HandlesGrown:F2} in all, {Range(reading => reading.Handles)}
        threads {ThreadsGrown:F2} in all, {Range(reading => reading.Threads)}
        line held back by {string.Join(", ", readings[^1].Blocked.OrderBy(at => at.Key, StringComparer.Ordinal)
            .Select(at => $"{at.Key} {at.Value:F0} s"))}
        memory by minute, MiB: {string.Join(' ', readings.Chunk(60).Select(minute => (long)minute.Average(
            reading => reading.MemoryBytes >> 20)))}
        """);

    private double PerSecond(Func<SoakReading, double> value) =>
        Slope.Of([.. _warm.Select(reading => ((double)reading.Second, value(reading)))]);

    private string Range(Func<SoakReading, long> value) => $"{_warm.Min(value)} to {_warm.Max(value)}";
}
