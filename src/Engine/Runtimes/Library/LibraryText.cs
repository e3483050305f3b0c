using System.Text.RegularExpressions;

namespace Engine.Runtimes.Library;

/// <summary>Texts as words, so that "Red_Apple-2" and "a red apple" can be compared.</summary>
internal static partial class LibraryText
{
    /// <summary>Words that say nothing of the object. With "of" among those that narrow a choice, "a photo of a cat"
    /// chose "cat with tears of joy" every time.</summary>
    private static readonly HashSet<string> Silent =
    [
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "it", "its", "of", "on", "one", "or", "s",
        "single", "that", "the", "this", "to", "with", "without",
        "drawing", "illustration", "image", "photo", "photograph", "photography", "picture", "real", "render", "view",
    ];

    /// <summary>The words of a text, lower case, without punctuation.</summary>
    public static IEnumerable<string> WordsOf(string text) =>
        Word().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>The words of a text with one space between them.</summary>
    public static string Plain(string text) => string.Join(' ', WordsOf(text));

    /// <summary>Whether the words of one plain text stand in another, side by side.</summary>
    public static bool HoldsPhrase(string plain, string phrase) =>
        $" {plain} ".Contains($" {phrase} ", StringComparison.Ordinal);

    /// <summary>The words of a prompt that may narrow a choice: not the background's colour, not small words.</summary>
    public static HashSet<string> TellingWords(string prompt) =>
        [.. WordsOf(Background().Replace(prompt, " ")).Where(word => !Silent.Contains(word))];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    [GeneratedRegex(
        @"\b(in|on|against|with)\s+((a|an|the)\s+)?([\p{L}\p{N}]+\s+){0,2}background\b", RegexOptions.IgnoreCase)]
    private static partial Regex Background();
}
