using System.Text;
using System.Text.Json;
using Engine.Runtimes.Clip;
using Engine.Tests.Runtimes.Diffusion;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Clip;

/// <summary>Goal: the text encoder gets the ids it was trained with. Method: a table that a script of its own made.
/// </summary>
public sealed class ClipTokenizerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ids_of_every_text_of_the_table_are_the_references()
    {
        ClipTokenizer clip = Clip();
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(DiffusionFiles.Reference("clip-tokens.json")));
        JsonElement[] rows = [.. table.RootElement.GetProperty("rows").EnumerateArray()];

        Assert.True(rows.Length >= 50, $"{rows.Length} rows");
        foreach (JsonElement row in rows)
        {
            string text = row[0].GetString()!;
            int[] expected = [.. row[1].EnumerateArray().Select(id => id.GetInt32())];
            Assert.True(expected.SequenceEqual(clip.Pieces(text)), $"{text}: {string.Join(' ', clip.Pieces(text))}");
        }
    }

    [Fact]
    public async Task Table_is_what_its_script_writes()
    {
        string folder = DiffusionFiles.TinyModel("tokenizer");

        string made = await Python.RunAsync([], File.ReadAllText(DiffusionFiles.Reference("clip_tokens.py")), folder);

        Assert.Equal(File.ReadAllText(DiffusionFiles.Reference("clip-tokens.json")), made.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Ids_spell_the_text_in_lower_case_without_its_spaces()
    {
        string folder = DiffusionFiles.TinyModel("tokenizer");
        ClipTokenizer clip = Clip();
        Dictionary<int, string> symbols = JsonSerializer
            .Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!
            .ToDictionary(pair => pair.Value, pair => pair.Key);
        Dictionary<char, byte> bytes = Enumerable.Range(0, 256)
            .ToDictionary(value => ByteSymbols.Of((byte)value), value => (byte)value);
        using JsonDocument table = JsonDocument.Parse(File.ReadAllText(DiffusionFiles.Reference("clip-tokens.json")));

        IEnumerable<string> texts = table.RootElement.GetProperty("rows").EnumerateArray()
            .Select(row => row[0].GetString()!).Where(text => !text.Contains("<|", StringComparison.Ordinal));

        foreach (string text in texts)
        {
            string spelled = string.Concat(clip.Pieces(text)
                .Select(id => symbols[id].Replace("</w>", string.Empty, StringComparison.Ordinal)));
            string back = Encoding.UTF8.GetString([.. spelled.Select(sign => bytes[sign])]);
            Assert.Equal(string.Concat(ClipWords.Lower(text).Where(one => !char.IsWhiteSpace(one))), back);
        }
    }

    [Fact]
    public void Text_stands_between_start_and_end_and_padding_fills_the_context()
    {
        ClipTokens tokens = Clip().Encode("a cat");

        Assert.Equal([49406, 320, 2368, 49407, 49407], tokens.Ids[..5]);
        Assert.Equal((77, 4, 0), (tokens.Ids.Length, tokens.Used, tokens.Cut));
        Assert.All(tokens.Ids[3..], id => Assert.Equal(49407, id));
    }

    [Theory]
    [InlineData(75, 0)]
    [InlineData(76, 1)]
    [InlineData(500, 425)]
    public void Text_beyond_the_context_is_cut_before_the_end_and_counted(int words, int cut)
    {
        ClipTokens tokens = Clip().Encode(string.Join(' ', Enumerable.Repeat("cat", words)));

        Assert.Equal((77, 77, cut), (tokens.Ids.Length, tokens.Used, tokens.Cut));
        Assert.Equal((49406, 2368, 49407), (tokens.Ids[0], tokens.Ids[75], tokens.Ids[76]));
    }

    [Fact]
    public void Pair_learned_first_is_merged_first_at_every_place()
    {
        ClipTokenizer tokenizer = ClipTokenizerFolder.Read(
            TinyTokenizer.Write(_folder.Path, ["b c", "a b", "a bc", "bc d</w>"]), 0);

        // "ab" would win from the left; "bc" was learned before it, and then "abc" stands before "bcd".
        List<int> ids = tokenizer.Pieces("abcabcd");

        Assert.Equal(3, ids.Count);
        Assert.Equal((ids[0], TinyTokenizer.AtEnd('d')), (ids[1], ids[2]));
    }

    [Fact]
    public void Small_vocabulary_gives_the_unknown_token_for_bytes_it_lacks()
    {
        File.WriteAllText(
            _folder.File("vocab.json"),
            """{"a": 0, "a</w>": 1, "aa</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4}""");
        File.WriteAllText(_folder.File("merges.txt"), "a a</w>\r\n");
        File.WriteAllText(_folder.File("special_tokens_map.json"), """{"unk_token": {"content": "<|endoftext|>"}}""");

        Assert.Equal([2, 4, 1], ClipTokenizerFolder.Read(_folder.Path, 77).Pieces("aa b a"));
    }

    private static ClipTokenizer Clip() => ClipTokenizerFolder.Read(DiffusionFiles.TinyModel("tokenizer"), 77);
}
