using System.Text.Json;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Clip;

/// <summary>vocab.json: each symbol's id.</summary>
internal sealed class ClipVocabulary
{
    private const int IdMax = 10_000_000;

    private readonly ModelJson _file;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    private ClipVocabulary(ModelJson file) => _file = file;

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelException">Missing; or Unreadable: an id is no id or is given twice.</exception>
    public static ClipVocabulary Read(string path, long bytesMax)
    {
        ClipVocabulary vocabulary = new(ModelJson.Read(path, bytesMax));
        HashSet<int> seen = [];
        foreach (JsonProperty entry in vocabulary._file.Entries)
        {
            bool isId = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int given)
                && given is >= 0 and <= IdMax;
            int id = isId ? entry.Value.GetInt32() : -1;
            if (!isId || !seen.Add(id))
            {
                throw vocabulary._file.Wrong(
                    $"\"{entry.Name}\"", entry.Value, $"a whole number from 0 to {IdMax} that no other symbol has");
            }

            vocabulary._ids[entry.Name] = id;
        }

        return vocabulary;
    }

    /// <summary>The id of a symbol, or null.</summary>
    public int? Find(ReadOnlySpan<char> symbol) =>
        _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out int id) ? id : null;

    /// <summary>The id of a symbol that must be there.</summary>
    /// <exception cref="ModelException">Unreadable: it is not.</exception>
    public int Id(ReadOnlySpan<char> symbol, string what) =>
        Find(symbol) ?? throw _file.Wrong($"has no symbol \"{symbol}\", the {what}");
}
