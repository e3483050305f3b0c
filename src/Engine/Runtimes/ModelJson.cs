using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes;

/// <summary>One json file of a model folder: typed values with bounds, each problem named with file, key and value.
/// </summary>
/// <remarks>A key that is absent or null has the value the caller gives for it; keys that nobody asks for are passed
/// over, because every exporter adds its own.</remarks>
internal sealed partial class ModelJson
{
    private static readonly JsonElement NoKeys = JsonDocument.Parse("{}").RootElement;

    private readonly JsonElement _root;

    private ModelJson(string path, JsonElement root) => (Path, _root) = (path, root);

    public string Path { get; }

    /// <summary>The keys of the object with their values.</summary>
    public IEnumerable<JsonProperty> Entries => _root.EnumerateObject();

    /// <summary>Reads a file that holds one object.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytesMax">Bytes it may have.</param>
    /// <exception cref="ModelException">Missing; or Unreadable: too large, no JSON, no object.</exception>
    public static ModelJson Read(string path, long bytesMax = 1 << 20)
    {
        byte[] bytes = ModelText.ReadBytes(path, bytesMax);
        try
        {
            using JsonDocument json = Parse(bytes);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? new ModelJson(path, json.RootElement.Clone())
                : throw new ModelException(
                    ModelFault.Unreadable, $"File {path} holds {json.RootElement.ValueKind}; it must be an object.");
        }
        catch (JsonException cause)
        {
            throw new ModelException(ModelFault.Unreadable, $"The file {path} is not JSON: {cause.Message}", cause);
        }
    }

    /// <summary>Reads a file that may be absent; it is then an object without keys.</summary>
    public static ModelJson ReadIfThere(string path) => File.Exists(path) ? Read(path) : new(path, NoKeys);

    /// <summary>Python's json writes an infinity as a bare word, which is no JSON; it is read as a text then.</summary>
    private static JsonDocument Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException) when (bytes.AsSpan().IndexOf("Infinity"u8) >= 0)
        {
            return JsonDocument.Parse(BareInfinity().Replace(Encoding.UTF8.GetString(bytes), "\"$0\""));
        }
    }

    [GeneratedRegex(@"(?<=[:\[,]\s*)-?Infinity(?=\s*[,}\]])")]
    private static partial Regex BareInfinity();

    /// <summary>The value of a key; null when it is absent or null.</summary>
    public JsonElement? Find(string key) =>
        _root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw Wrong(key, other, "a text"),
    };

    public bool Flag(string key, bool absent) => Find(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(key, other, "true or false"),
    };

    public double Number(string key, double absent, double least, double most) => Find(key) is not { } value ? absent
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= least
            && number <= most
            ? number
            : throw Wrong(key, value, $"a number from {least} to {most}");

    public int Whole(string key, int absent, int least, int most) => Find(key) is not { } value ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least
            && number <= most
            ? number
            : throw Wrong(key, value, $"a whole number from {least} to {most}");

    /// <summary>The value of a key that must be one of a few words.</summary>
    public T Choice<T>(string key, T absent, params (string Word, T Value)[] known)
    {
        if (Find(key) is not { } value)
        {
            return absent;
        }

        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        int index = Array.FindIndex(known, one => one.Word == text);
        return index >= 0
            ? known[index].Value
            : throw Wrong(key, value, string.Join(", ", known.Select(one => one.Word)));
    }

    /// <summary>Refuses a switch that is on: it changes the pictures and is not built here.</summary>
    public void RequireOff(string key)
    {
        if (Flag(key, absent: false))
        {
            throw Wrong(key, Find(key)!.Value, "false or absent: this variant is not supported");
        }
    }

    /// <summary>Makes the exception for a value that cannot be used; the caller throws it.</summary>
    public ModelException Wrong(string key, JsonElement value, string expected)
    {
        string text = value.GetRawText().ReplaceLineEndings(" ");
        string shown = text.Length <= 80 ? text : text[..80] + "...";
        return Wrong($"has {key} {shown}; it must be {expected}");
    }

    /// <summary>Makes the exception for the file; the caller throws it.</summary>
    public ModelException Wrong(string problem) => new(ModelFault.Unreadable, $"The file {Path} {problem}.");
}
