using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Engine.Runtimes.Library;

/// <summary>Names the pictures of a library: from a json, or from their own file and folder names.</summary>
internal static partial class LibraryNames
{
    private const int DepthMax = 8;

    private static readonly string[] Pictures = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff"];

    public static bool IsPicture(string path) =>
        Pictures.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The words of a text, lower case, without punctuation.</summary>
    public static IEnumerable<string> WordsOf(string text) =>
        Word().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <summary>Names by file stem: the code points of an emoji in hex, joined by dashes, as icon packages
    /// do.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of objects with a name.</exception>
    public static Dictionary<string, (string Name, string Group)> Load(string path)
    {
        Dictionary<string, (string, string)> names = new(StringComparer.Ordinal);
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = DepthMax });
            foreach (JsonProperty entry in json.RootElement.EnumerateObject())
            {
                string name = entry.Value.GetProperty("name").GetString() ?? "";
                bool grouped = entry.Value.TryGetProperty("group", out JsonElement value);
                string group = grouped ? value.GetString() ?? "" : "";
                names[entry.Name] = (name, group);
                names[CodePoints(entry.Name)] = (name, group);
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path}: an object of objects with a \"name\" is needed: {cause.Message}", cause);
        }

        return names;
    }

    public static LibraryEntry Entry(string path, Dictionary<string, (string Name, string Group)>? names)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        (string name, string group) = (Spaced(stem), "");
        if (names is not null && (names.TryGetValue(stem, out var found) || names.TryGetValue(Plain(stem), out found)))
        {
            (name, group) = found;
        }

        string folders = Path.GetDirectoryName(path) ?? "";
        HashSet<string> words = [.. WordsOf(name), .. WordsOf(group), .. WordsOf(folders.Replace('/', ' '))];
        return new LibraryEntry(path, string.Join(' ', WordsOf(name)), words);
    }

    // U+FE0F only asks for the colour form; icon packages leave it out of names, the json does not.
    private static string CodePoints(string emoji) => string.Join('-', emoji.EnumerateRunes()
        .Where(rune => rune.Value != 0xFE0F).Select(rune => rune.Value.ToString("x", null)));

    private static string Plain(string stem) =>
        string.Join('-', stem.ToLowerInvariant().Split('-', '_').Where(part => part != "fe0f"));

    private static string Spaced(string stem) => new StringBuilder(stem).Replace('_', ' ').Replace('-', ' ').ToString();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
