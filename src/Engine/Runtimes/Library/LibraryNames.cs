using System.Text.Json;

namespace Engine.Runtimes.Library;

/// <summary>Names the pictures of a library: from a json, or from their own file and folder names.</summary>
internal sealed class LibraryNames
{
    private const int DepthMax = 8;

    private static readonly string[] Pictures = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff"];

    private readonly Dictionary<string, LibraryName> _names = new(StringComparer.Ordinal);

    private LibraryNames()
    {
    }

    /// <summary>No names: files name themselves.</summary>
    public static LibraryNames None { get; } = new();

    public static bool IsPicture(string path) =>
        Pictures.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads an object whose keys are a picture's path, file name, stem or emoji, and whose values are its
    /// name, or an object of <c>name</c> and, when there are some, <c>group</c> and <c>keywords</c>.</summary>
    /// <exception cref="InvalidDataException">The file is not of that form.</exception>
    public static LibraryNames Load(string path)
    {
        LibraryNames names = new();
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = DepthMax });
            foreach (JsonProperty entry in json.RootElement.EnumerateObject())
            {
                LibraryName name = Read(entry.Value);
                names._names[entry.Name] = name;
                names._names[CodePoints.KeyOf(entry.Name)] = name;
            }
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path}: an object of names, or of objects with a \"name\", is needed: {cause.Message}", cause);
        }

        return names;
    }

    /// <summary>Names a picture.</summary>
    public LibraryEntry Entry(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        string[] folders = path.Split('/')[..^1];
        (LibraryName? named, IReadOnlyList<string> tones) = Find(path, stem);
        string name = LibraryText.Plain($"{named?.Name ?? stem} {string.Join(' ', tones)}");

        // A tone is one more of the same object: "waving hand" is what all six of them show.
        HashSet<string> labels = [.. new[] { name, named?.Name ?? stem }
            .Concat(named?.Labels ?? []).Concat(folders).Select(LibraryText.Plain).Where(label => label.Length > 0)];
        return new LibraryEntry(path, name, labels, labels.SelectMany(LibraryText.WordsOf).ToHashSet());
    }

    private (LibraryName? Name, IReadOnlyList<string> Tones) Find(string path, string stem)
    {
        foreach (string key in new[] { path, Path.GetFileName(path), stem })
        {
            if (_names.TryGetValue(key, out LibraryName? named))
            {
                return (named, []);
            }
        }

        if (CodePoints.Of(stem) is not { } points)
        {
            return (null, []);
        }

        return _names.TryGetValue(points.Key, out LibraryName? exact)
            ? (exact, [])
            : (_names.GetValueOrDefault(points.Toneless), _names.ContainsKey(points.Toneless) ? points.Tones : []);
    }

    private static LibraryName Read(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return new LibraryName(value.GetString()!, []);
        }

        List<string> labels = [];
        if (value.TryGetProperty("group", out JsonElement group) && group.GetString() is { } text)
        {
            labels.Add(text);
        }

        if (value.TryGetProperty("keywords", out JsonElement keywords))
        {
            labels.AddRange(keywords.EnumerateArray().Select(keyword => keyword.GetString() ?? ""));
        }

        return new LibraryName(value.GetProperty("name").GetString() ?? "", labels);
    }
}
