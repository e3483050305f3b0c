using Engine.Index;

namespace Host.Index;

/// <summary>Says how far a build is, how fast it goes and how long it will take: once a second to a person, every
/// ten seconds to a file.</summary>
internal sealed class IndexProgressLine(TextWriter writer, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(Console.IsErrorRedirected ? 10 : 1);

    private readonly long _started = clock.GetTimestamp();
    private long _shownAt;
    private bool _shown;

    /// <summary>Shows it, unless it was shown just now.</summary>
    public void Show(IndexProgress progress)
    {
        bool isLast = progress.Seen == progress.Count;
        if (_shown && !isLast && clock.GetElapsedTime(_shownAt) < Pause)
        {
            return;
        }

        (_shown, _shownAt) = (true, clock.GetTimestamp());
        double rate = (progress.Seen - progress.Resumed) / Math.Max(0.001, clock.GetElapsedTime(_started).TotalSeconds);
        string left = progress.Count is { } count && rate > 0
            ? $", {TimeSpan.FromSeconds((int)((count - progress.Seen) / rate)):g} left"
            : "";
        string text = $"{progress.Seen} of {progress.Count?.ToString() ?? "?"} pictures, {rate:F1}/s{left}, "
            + $"{progress.Skipped} left out";
        if (Console.IsErrorRedirected)
        {
            writer.WriteLine(text);
        }
        else
        {
            writer.Write($"\r{text,-100}");
        }
    }

    /// <summary>Ends the line.</summary>
    public void End()
    {
        if (_shown && !Console.IsErrorRedirected)
        {
            writer.WriteLine();
        }
    }
}
