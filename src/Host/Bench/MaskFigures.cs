using System.Globalization;

namespace Host.Bench;

/// <summary>What one annotator did on the pictures of a bench.</summary>
internal sealed class MaskFigures
{
    private readonly List<double> _overlaps = [];
    private readonly List<double> _milliseconds = [];
    private readonly SortedDictionary<string, int> _rejected = new(StringComparer.Ordinal);

    /// <summary>Counts a mask that passed the gates.</summary>
    /// <param name="mask">[n] bytes, 0 or 1.</param>
    /// <param name="alpha">[n] bytes; the exact mask is where it is 128 or more.</param>
    /// <param name="time">What the annotate step took.</param>
    public void Accepted(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> alpha, TimeSpan time)
    {
        _overlaps.Add(Overlap(mask, alpha));
        _milliseconds.Add(time.TotalMilliseconds);
    }

    /// <summary>Counts a picture that a gate rejected.</summary>
    /// <param name="reason">The gate's reason.</param>
    /// <param name="time">What the annotate step took.</param>
    public void Rejected(string reason, TimeSpan time)
    {
        _rejected[reason] = _rejected.GetValueOrDefault(reason) + 1;
        _milliseconds.Add(time.TotalMilliseconds);
    }

    /// <summary>The figures in one line: IoU of the accepted ones, time of all.</summary>
    public string Line()
    {
        string rejected = _rejected.Count == 0
            ? "none"
            : string.Join(", ", _rejected.Select(pair => $"{pair.Key} {pair.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_milliseconds.Count} pictures, {_overlaps.Count} accepted; IoU mean {Mean(_overlaps):F4}, "
                + $"p10 {Quantile(_overlaps, 0.1):F4}, min {Quantile(_overlaps, 0):F4}; ms a picture "
                + $"mean {Mean(_milliseconds):F0}, median {Quantile(_milliseconds, 0.5):F0}; rejected: {rejected}");
    }

    private static double Overlap(ReadOnlySpan<byte> mask, ReadOnlySpan<byte> alpha)
    {
        (int both, int any) = (0, 0);
        for (int i = 0; i < mask.Length; i++)
        {
            (bool found, bool exact) = (mask[i] == 1, alpha[i] >= 128);
            both += found && exact ? 1 : 0;
            any += found || exact ? 1 : 0;
        }

        return any == 0 ? 1 : (double)both / any;
    }

    private static double Mean(List<double> values) => values.Count == 0 ? double.NaN : values.Average();

    // Between the two nearest ranks, as numpy's percentile.
    private static double Quantile(List<double> values, double part)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }

        double[] sorted = [.. values.Order()];
        double rank = part * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
