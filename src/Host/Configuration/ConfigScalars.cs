using System.Globalization;
using System.Text.RegularExpressions;

namespace Host.Configuration;

/// <summary>Reads single values of a configuration file.</summary>
internal static partial class ConfigScalars
{
    private static readonly Dictionary<string, double> TimeUnits = new()
    {
        ["ms"] = 1e-3, ["s"] = 1, ["min"] = 60, ["m"] = 60, ["h"] = 3600, ["d"] = 86400,
    };

    private static readonly Dictionary<string, double> ByteUnits = new()
    {
        [""] = 1, ["B"] = 1, ["kB"] = 1e3, ["MB"] = 1e6, ["GB"] = 1e9, ["KiB"] = 1L << 10, ["MiB"] = 1L << 20,
        ["GiB"] = 1L << 30, ["TiB"] = 1L << 40,
    };

    public static bool IsScalar(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(int) || type == typeof(long)
        || type == typeof(ulong) || type == typeof(double) || type == typeof(TimeSpan);

    /// <summary>Reads a value.</summary>
    /// <param name="text">The value as written, after substitution.</param>
    /// <param name="type">One for which <see cref="IsScalar"/> is true.</param>
    /// <param name="isBytes">Whether a whole number may carry a unit of bytes.</param>
    /// <param name="problem">What is wrong, or null.</param>
    public static object? Read(string text, Type type, bool isBytes, out string? problem)
    {
        object? value = type == typeof(string) ? text
            : type == typeof(bool) ? text switch { "true" => true, "false" => false, _ => null }
            : type.IsEnum ? ReadEnum(text, type)
            : type == typeof(TimeSpan) ? ReadTime(text)
            : ReadNumber(text, type, isBytes);
        problem = value is null ? $"is '{Short(text)}'; it must be {Wanted(type, isBytes)}" : null;
        return value;
    }

    /// <summary>What a value of a type looks like, for messages and documentation.</summary>
    public static string Wanted(Type type, bool isBytes) =>
        type == typeof(bool) ? "true or false"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(ConfigNames.Snake))
        : type == typeof(TimeSpan) ? "a time such as 250ms, 30s, 5min or 2h"
        : type == typeof(double) ? "a number"
        : type == typeof(string) ? "text"
        : isBytes ? "a whole number of bytes such as 1048576, 512MiB or 1GB"
        : type == typeof(ulong) ? "a whole number from 0"
        : "a whole number";

    /// <summary>Case and underscores do not matter: tensor_rt is written tensorrt by most.</summary>
    private static object? ReadEnum(string text, Type type)
    {
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        string? name = Enum.GetNames(type)
            .FirstOrDefault(name => name.Equals(plain, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }

    private static object? ReadNumber(string text, Type type, bool isBytes)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type == typeof(int) ? int.TryParse(plain, Whole, culture, out int i) ? i : null
            : type == typeof(ulong) ? ulong.TryParse(plain, NumberStyles.None, culture, out ulong u) ? u : null
            : type == typeof(double) ? double.TryParse(plain, NumberStyles.Float, culture, out double d)
                && double.IsFinite(d) ? d : null
            : long.TryParse(plain, Whole, culture, out long l) ? l
            : isBytes ? ReadUnit(plain, ByteUnits) is { } bytes and < 9e15 && double.IsInteger(bytes) ? (long)bytes
                : null
            : null;
    }

    private static TimeSpan? ReadTime(string text) =>
        ReadUnit(text, TimeUnits) is { } seconds and < 1e9 ? TimeSpan.FromSeconds(seconds) : null;

    private static double? ReadUnit(string text, Dictionary<string, double> units)
    {
        Match match = NumberAndUnit().Match(text);
        return match.Success && units.TryGetValue(match.Groups[2].Value, out double unit)
            ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * unit
            : null;
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..57] + "...";

    [GeneratedRegex(@"^(\d{1,15}(?:\.\d{1,9})?) ?([A-Za-z]*)$")]
    private static partial Regex NumberAndUnit();
}
