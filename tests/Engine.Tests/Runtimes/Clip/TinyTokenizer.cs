using System.Text;
using System.Text.Json;

namespace Engine.Tests.Runtimes.Clip;

/// <summary>Writes a small tokenizer folder: all 256 bytes, the given merges, start and end.</summary>
internal static class TinyTokenizer
{
    public const string Start = "<|startoftext|>";
    public const string End = "<|endoftext|>";

    /// <summary>Printable ASCII has its own sign; ids are code - 33 inside a word, 256 more at its end.</summary>
    public static int Inside(char letter) => letter - '!';

    public static int AtEnd(char letter) => 256 + Inside(letter);

    public static string Write(string folder, string[] merges, string config = "{\"model_max_length\": 8}")
    {
        Directory.CreateDirectory(folder);
        string[] signs = [.. Signs()];
        string[] symbols =
        [
            .. signs, .. signs.Select(sign => sign + "</w>"),
            .. merges.Select(line => line.Replace(" ", string.Empty, StringComparison.Ordinal)), Start, End,
        ];
        Dictionary<string, int> vocabulary = symbols.Distinct().Select((symbol, id) => (symbol, id))
            .ToDictionary(pair => pair.symbol, pair => pair.id);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n" + string.Join('\n', merges) + "\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
        return folder;
    }

    /// <summary>The 188 printable bytes in order, then the signs of the 68 others.</summary>
    private static IEnumerable<string> Signs()
    {
        IEnumerable<int> printable = Enumerable.Range('!', 94)
            .Concat(Enumerable.Range(0xA1, 12)).Concat(Enumerable.Range(0xAE, 82));
        return printable.Concat(Enumerable.Range(0x100, 68)).Select(code => new Rune(code).ToString());
    }
}
