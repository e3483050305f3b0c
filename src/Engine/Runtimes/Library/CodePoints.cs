using System.Globalization;

namespace Engine.Runtimes.Library;

/// <summary>Files of icon packages are named by the code points of an emoji, in hex: <c>1f468-1f3fd-200d-1f33e</c>.
/// </summary>
internal static class CodePoints
{
    private const int ColourForm = 0xFE0F;
    private const int EndOfTag = 0xE007F;
    private const int FirstTone = 0x1F3FB;

    private static readonly string[] Tones =
        ["light skin tone", "medium-light skin tone", "medium skin tone", "medium-dark skin tone", "dark skin tone"];

    /// <summary>The key of a text's code points. Packages leave out the marks that only choose a form.</summary>
    public static string KeyOf(string emoji) => Key(emoji.EnumerateRunes().Select(rune => rune.Value));

    /// <summary>Reads a file's stem.</summary>
    /// <param name="stem">Hex numbers joined by <c>-</c> or <c>_</c>.</param>
    /// <returns>Its key, its key without tones, and the tones in words; null when the stem is no code points.</returns>
    public static (string Key, string Toneless, IReadOnlyList<string> Tones)? Of(string stem)
    {
        List<int> points = [];
        foreach (string part in stem.Split('-', '_'))
        {
            if (part.Length is < 4 or > 6
                || !int.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point))
            {
                return null;
            }

            points.Add(point);
        }

        string[] tones = [.. points.Where(IsTone).Select(point => Tones[point - FirstTone]).Distinct()];
        return (Key(points), Key(points.Where(point => !IsTone(point))), tones);
    }

    private static bool IsTone(int point) => point >= FirstTone && point < FirstTone + Tones.Length;

    private static string Key(IEnumerable<int> points) => string.Join('-', points
        .Where(point => point is not (ColourForm or EndOfTag))
        .Select(point => point.ToString("x", CultureInfo.InvariantCulture)));
}
