using System.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Clip;

/// <summary>merges.txt: the pairs in the order they were learned, one a line, after an optional "#version" line.
/// </summary>
internal static class ClipMerges
{
    private const string WordEnd = "</w>";

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytesMax">Bytes it may have.</param>
    /// <param name="vocabulary">Where every part and every whole must be.</param>
    /// <param name="unknown">The id of a byte that the vocabulary lacks; null when the tokenizer has no such token.
    /// </param>
    /// <exception cref="ModelException">Missing; or Unreadable: a line is no pair, or a symbol is not in the
    /// vocabulary.</exception>
    public static BytePairs Read(string path, long bytesMax, ClipVocabulary vocabulary, int? unknown)
    {
        string[] lines = Encoding.UTF8.GetString(ModelText.ReadBytes(path, bytesMax)).Split('\n');
        Dictionary<(int, int), (int, int)> merges = new(lines.Length);
        for (int number = 1; number <= lines.Length; number++)
        {
            string line = lines[number - 1].TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }

            string[] pair = line.Split(' ');
            if (pair.Length != 2 || pair[0].Length == 0 || pair[1].Length == 0)
            {
                throw Wrong(path, number, line, "it must be two symbols with one space between");
            }

            string whole = pair[0] + pair[1];
            if (vocabulary.Find(pair[0]) is not { } left || vocabulary.Find(pair[1]) is not { } right
                || vocabulary.Find(whole) is not { } id)
            {
                throw Wrong(path, number, line, $"both symbols and \"{whole}\" must be in vocab.json");
            }

            merges.TryAdd((left, right), (number, id));
        }

        return new BytePairs(Bytes(vocabulary, unknown, ""), Bytes(vocabulary, unknown, WordEnd), merges);
    }

    private static int[] Bytes(ClipVocabulary vocabulary, int? unknown, string ending)
    {
        int[] ids = new int[256];
        for (int value = 0; value < ids.Length; value++)
        {
            string symbol = ByteSymbols.Of((byte)value) + ending;
            ids[value] = vocabulary.Find(symbol) ?? unknown
                ?? vocabulary.Id(symbol, $"sign of byte {value}; a tokenizer without unk_token needs all 256");
        }

        return ids;
    }

    private static ModelException Wrong(string path, int number, string line, string expected)
    {
        string shown = line.Length <= 80 ? line : line[..80] + "...";
        return new ModelException(
            ModelFault.Unreadable, $"The file {path} has \"{shown}\" in line {number}; {expected}.");
    }
}
