using System.Buffers;
using System.Globalization;
using System.Text;

namespace Engine.Pipeline.Prompts;

/// <summary>Cleans and checks prompts and category names, wherever they come from: plan, file or HTTP body.</summary>
public static class PromptText
{
    /// <summary>UTF-8 bytes of a category's name at most.</summary>
    public const int CategoryBytesMax = 256;

    // What ends a line elsewhere, and the marks that make a log show a text in another order than it has.
    private static readonly SearchValues<char> Refused = SearchValues.Create(
        [.. Range('\0', '\u001F'), .. Range('\u007F', '\u009F'), .. Range('\u2028', '\u202E'),
            .. Range('\u2066', '\u2069')]);

    /// <summary>Cleans a text given as bytes.</summary>
    /// <param name="utf8">The text, without its line end.</param>
    /// <param name="bytesMax">UTF-8 bytes it may have, before and after cleaning.</param>
    /// <param name="clean">The text in form NFC without white space at its ends; empty on a problem.</param>
    /// <returns>Null when the text is good; else the value and the bound, to stand after "the prompt".</returns>
    public static string? Clean(ReadOnlySpan<byte> utf8, int bytesMax, out string clean)
    {
        clean = string.Empty;
        if (utf8.Length > bytesMax)
        {
            return TooLong(utf8.Length, bytesMax);
        }

        return NotUtf8(utf8) ?? Clean(Encoding.UTF8.GetString(utf8), bytesMax, out clean);
    }

    /// <summary>Cleans a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytesMax">UTF-8 bytes it may have, before and after cleaning.</param>
    /// <param name="clean">The text in form NFC without white space at its ends; empty on a problem.</param>
    /// <returns>Null when the text is good; else the value and the bound, to stand after "the prompt".</returns>
    public static string? Clean(string text, int bytesMax, out string clean)
    {
        ArgumentNullException.ThrowIfNull(text);
        clean = string.Empty;
        int bytesGiven = Encoding.UTF8.GetByteCount(text);
        if (bytesGiven > bytesMax)
        {
            return TooLong(bytesGiven, bytesMax);
        }

        if (LoneSurrogate(text) is var lone and >= 0)
        {
            return $"is not Unicode text: U+{(int)text[lone]:X4} at character {lone} is half of a pair";
        }

        if (text.AsSpan().IndexOfAny(Refused) is var control and >= 0)
        {
            return $"has the control character U+{(int)text[control]:X4} at character {control}";
        }

        string composed = Nfc.Compose(text.Trim());
        if (composed.Length == 0)
        {
            return "is empty";
        }

        // Three bytes may become nine: some excluded characters are taken apart for good.
        int bytes = Encoding.UTF8.GetByteCount(composed);
        if (bytes > bytesMax)
        {
            return TooLong(bytes, bytesMax);
        }

        clean = composed;
        return null;
    }

    /// <summary>Brings a clean text to the form in which two texts are compared.</summary>
    /// <param name="clean">A text from <see cref="Clean(string, int, out string)"/>.</param>
    /// <returns>Each run of white space as one space, none at the ends, lower case by the invariant culture.</returns>
    public static string Normal(string clean)
    {
        ArgumentNullException.ThrowIfNull(clean);
        StringBuilder normal = new(clean.Length);
        bool space = false;
        foreach (char character in clean)
        {
            if (char.IsWhiteSpace(character))
            {
                space = normal.Length > 0;
                continue;
            }

            if (space)
            {
                normal.Append(' ');
                space = false;
            }

            normal.Append(character);
        }

        return normal.ToString().ToLowerInvariant();
    }

    /// <summary>Finds the first byte that is no part of UTF-8.</summary>
    /// <returns>Null when there is none; else where it is, to stand after a noun.</returns>
    internal static string? NotUtf8(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return null;
        }

        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int used) == OperationStatus.Done)
        {
            at += used;
        }

        return $"is not UTF-8: byte {at} is 0x{bytes[at]:X2}";
    }

    private static string TooLong(int bytes, int bytesMax) =>
        string.Create(CultureInfo.InvariantCulture, $"has {bytes} bytes; at most {bytesMax} are allowed");

    private static int LoneSurrogate(string text)
    {
        ReadOnlySpan<char> rest = text;
        for (int at = rest.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
            }
            else if (char.IsSurrogate(text[at]))
            {
                return at;
            }
        }

        return -1;
    }

    private static IEnumerable<char> Range(char first, char last) =>
        Enumerable.Range(first, last - first + 1).Select(code => (char)code);
}
