using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Single values of a json text that is whole; what has another type is refused, never thrown.</summary>
internal static class JsonFields
{
    /// <summary>A text; null when it is none, or not valid Unicode.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            return null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, or bytes that are no UTF-8
        }
    }

    /// <summary>A whole number; 1.0 is one, as some writers make floats of all numbers.</summary>
    public static long? Int64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return null;
        }

        if (reader.TryGetInt64(out long whole))
        {
            return whole;
        }

        return Double(ref reader) is { } value && Math.Abs(value) < 1L << 53 && value == Math.Floor(value)
            ? (long)value
            : null;
    }

    /// <summary>A finite number.</summary>
    public static double? Double(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>A flag: false or true, 0 or 1.</summary>
    public static bool? Flag(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => Int64(ref reader) switch { 0 => false, 1 => true, _ => null },
    };

    /// <summary>An array of whole numbers; null when it is none. Leaves the reader on the value's last token.</summary>
    public static List<long>? Int64s(ref Utf8JsonReader reader)
    {
        List<long>? values = reader.TokenType == JsonTokenType.StartArray ? [] : null;
        if (values is null)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Int64(ref reader) is { } value)
            {
                values?.Add(value);
            }
            else
            {
                reader.Skip();
                values = null;
            }
        }

        return values;
    }

    /// <summary>An array of finite numbers; null when it is none. Leaves the reader on the value's last token.
    /// </summary>
    public static double[]? Doubles(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        List<double>? values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Double(ref reader) is { } value)
            {
                values?.Add(value);
            }
            else
            {
                reader.Skip();
                values = null;
            }
        }

        return values?.ToArray();
    }
}
