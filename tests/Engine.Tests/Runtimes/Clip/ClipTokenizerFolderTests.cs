using Engine.Runtimes.Clip;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Clip;

/// <summary>Goal: what a tokenizer folder says is what is done, and a broken one is named by file and value.</summary>
public sealed class ClipTokenizerFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"pad_token": "!"}""", null, '!')]                             // text
    [InlineData("""{"pad_token": {"content": "!"}}""", null, '!')]                // object
    [InlineData("""{"pad_token": "a"}""", """{"pad_token": "!"}""", '!')]         // SD 2.x: the map wins
    [InlineData("""{"pad_token": "a", "added_tokens_decoder": {}}""", """{"pad_token": "!"}""", 'a')] // it does not
    [InlineData("""{}""", """{"pad_token": {"content": "!"}}""", '!')]
    public void Padding_is_the_token_the_files_name(string config, string? map, char padding)
    {
        TinyTokenizer.Write(_folder.Path, [], config);
        if (map is not null)
        {
            File.WriteAllText(_folder.File("special_tokens_map.json"), map);
        }

        Assert.Equal(TinyTokenizer.Inside(padding), Read().Encode("x").Ids[^1]);
    }

    [Fact]
    public void Padding_that_no_file_names_is_the_end_token()
    {
        TinyTokenizer.Write(_folder.Path, [], "{}");

        ClipTokens tokens = Read().Encode("x");

        Assert.Equal(tokens.Ids[2], tokens.Ids[^1]);
    }

    [Theory]
    [InlineData("""{"model_max_length": 8}""", 0, 8)]
    [InlineData("""{"model_max_length": 8}""", 77, 8)]
    [InlineData("""{"model_max_length": 1e30}""", 32, 32)]
    [InlineData("""{"model_max_length": 1000000000000000019884624838656}""", 0, 77)]
    [InlineData("""{}""", 0, 77)]
    public void Context_is_the_smaller_of_what_tokenizer_and_encoder_say(string config, int encoder, int expected)
    {
        TinyTokenizer.Write(_folder.Path, [], config);

        Assert.Equal(expected, ClipTokenizerFolder.Read(_folder.Path, encoder).Context);
    }

    [Fact]
    public void Missing_folder_and_files_are_named()
    {
        AssertRefused(ModelFault.Missing, "The tokenizer folder", _folder.File("absent"));
        AssertRefused(ModelFault.Missing, "vocab.json is not there", _folder.Path);
        TinyTokenizer.Write(_folder.Path, []);
        File.Delete(_folder.File("merges.txt"));
        AssertRefused(ModelFault.Missing, "merges.txt is not there", _folder.Path);
    }

    [Theory]
    [InlineData("vocab.json", "[1, 2]", "holds Array; it must be an object")]
    [InlineData("vocab.json", "{\"a\": 1", "is not JSON")]
    [InlineData("vocab.json", "{\"a\": \"one\"}", "has \"a\" \"one\"; it must be a whole number from 0")]
    [InlineData("vocab.json", "{\"a\": 1, \"b\": 1}", "has \"b\" 1; it must be a whole number from 0")]
    [InlineData("vocab.json", "{\"a\": 1}", "has no symbol \"<|startoftext|>\", the bos_token")]
    [InlineData("vocab.json", "{\"<|startoftext|>\": 1, \"<|endoftext|>\": 2}", "the sign of byte 0; a tokenizer")]
    [InlineData("merges.txt", "#version: 0.2\na b c", "has \"a b c\" in line 2; it must be two symbols")]
    [InlineData("merges.txt", "#version: 0.2\na b", "\"ab\" must be in vocab.json")]
    [InlineData("tokenizer_config.json", "{\"model_max_length\": 1}", "has model_max_length 1; it must be a number")]
    [InlineData("tokenizer_config.json", "{\"pad_token\": 7}", "has pad_token 7; it must be a text or an object")]
    [InlineData("tokenizer_config.json", "{\"pad_token\": \"[PAD]\"}", "has no symbol \"[PAD]\", the pad_token")]
    public void Broken_file_is_named_with_the_value_and_what_was_expected(string file, string content, string expected)
    {
        TinyTokenizer.Write(_folder.Path, []);
        File.WriteAllText(_folder.File(file), content);
        if (file == "vocab.json")
        {
            File.WriteAllText(_folder.File("merges.txt"), string.Empty);
        }

        AssertRefused(ModelFault.Unreadable, expected, _folder.Path);
    }

    private ClipTokenizer Read() => ClipTokenizerFolder.Read(_folder.Path, 16);

    private static void AssertRefused(ModelFault fault, string words, string folder)
    {
        ModelException thrown = Assert.Throws<ModelException>(() => ClipTokenizerFolder.Read(folder, 77));
        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(folder, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(fault, thrown.Fault);
    }
}
