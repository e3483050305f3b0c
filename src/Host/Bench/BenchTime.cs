using System.Diagnostics;

namespace Host.Bench;

/// <summary>What a round took.</summary>
/// <param name="Clock">Seconds by the clock.</param>
/// <param name="Processor">Processor seconds of this process, all threads together.</param>
internal readonly record struct BenchTime(double Clock, double Processor)
{
    /// <summary>Longer than any round.</summary>
    public static BenchTime Longest { get; } = new(double.MaxValue, double.MaxValue);

    /// <summary>Times a round.</summary>
    /// <param name="work">The round.</param>
    public static async Task<BenchTime> OfAsync(Func<Task> work)
    {
        using Process own = Process.GetCurrentProcess();
        TimeSpan before = own.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        await work().ConfigureAwait(false);
        double clock = Stopwatch.GetElapsedTime(started).TotalSeconds;
        own.Refresh();
        return new BenchTime(clock, (own.TotalProcessorTime - before).TotalSeconds);
    }

    /// <summary>The lesser of both, each by itself.</summary>
    public BenchTime Least(BenchTime other) =>
        new(Math.Min(Clock, other.Clock), Math.Min(Processor, other.Processor));
}
