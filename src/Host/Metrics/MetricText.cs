using System.Diagnostics.Metrics;
using System.Globalization;

namespace Host.Metrics;

/// <summary>The words of the Prometheus text format 0.0.4.</summary>
internal static class MetricText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The metric's name: dots become underscores, the unit is spelled out, counters end in _total.</summary>
    public static string FamilyName(Instrument instrument, string type)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        string name = Name(instrument.Name);
        if (!name.EndsWith(unit, StringComparison.Ordinal))
        {
            name += unit;
        }

        return type == "counter" ? name + "_total" : name;
    }

    public static string Name(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));

    public static string EscapeLabel(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    public static string EscapeHelp(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
