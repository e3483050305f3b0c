using System.Globalization;
using System.Text.RegularExpressions;

namespace Host.Tests.EndToEnd;

/// <summary>What a process held at one moment, as the system sees it, and what it said of itself.</summary>
/// <param name="Second">Since the start.</param>
/// <param name="MemoryBytes">Memory in RAM.</param>
/// <param name="Handles">Open files, sockets included.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Accepted">Samples stored.</param>
/// <param name="Blocked">Seconds that each group held the line back.</param>
internal sealed partial record SoakReading(
    int Second, long MemoryBytes, int Handles, int Threads, long Accepted, IReadOnlyDictionary<string, double> Blocked)
{
    public static SoakReading Of(int process, int second, string metrics)
    {
        string proc = $"/proc/{process}";
        long pages = long.Parse(
            File.ReadAllText($"{proc}/statm").Split(' ')[1], NumberStyles.None, CultureInfo.InvariantCulture);
        double accepted = Number(Stored().Match(metrics).Groups[1].Value);
        return new SoakReading(
            second, pages * Environment.SystemPageSize, Directory.GetFileSystemEntries($"{proc}/fd").Length,
            Directory.GetDirectories($"{proc}/task").Length, (long)accepted,
            BlockedBy().Matches(metrics).ToDictionary(
                match => match.Groups[1].Value, match => Number(match.Groups[2].Value)));
    }

    private static double Number(string text) =>
        text.Length == 0 ? 0 : double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^headwater_store_samples_total (\S+)", RegexOptions.Multiline)]
    private static partial Regex Stored();

    [GeneratedRegex(@"^headwater_deliver_blocked_seconds_total\{group=""([^""]+)""\} (\S+)", RegexOptions.Multiline)]
    private static partial Regex BlockedBy();
}
