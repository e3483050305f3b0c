using System.Text;
using Engine.Pipeline.Prompts;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Prompts;

public sealed class PromptFileReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broken_line_is_reported_with_its_number_and_the_rest_is_read()
    {
        byte[] bytes =
        [
            0xEF, 0xBB, 0xBF, .. "a cat\r\n\n  \n"u8, 0xFF, .. "\nbell\a\n"u8, .. new byte[9000], .. "\n  a dog  "u8,
        ];

        PromptLine[] lines = await TextAsync(bytes);

        Assert.Equal([1, 4, 5, 6, 7], lines.Select(line => line.Number));
        Assert.Equal(["a cat", null, null, null, "a dog"], lines.Select(line => line.Request?.Text));
        Assert.Equal("the prompt is not UTF-8: byte 0 is 0xFF", lines[1].Problem);
        Assert.Equal("the prompt has the control character U+0007 at character 4", lines[2].Problem);
        Assert.Equal("the prompt has 9000 bytes; at most 4096 are allowed", lines[3].Problem);
        Assert.Equal("cat", lines[0].Request!.Category);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Lines_do_not_depend_on_how_the_bytes_arrive(int chunkBytes)
    {
        Random random = new(5);
        string[] prompts = [.. Enumerable.Range(0, 300).Select(i => $"{i} {new string('é', random.Next(0, 2000))}")];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', prompts));
        using DripStream drip = new(bytes, chunkBytes);

        BoundedLines reader = new(drip, new PromptReadLimits { LinesMax = 300 });
        List<string> read = [];
        while (await reader.NextAsync(Token) is { } line)
        {
            read.Add(Encoding.UTF8.GetString(line.Bytes.Span));
        }

        Assert.Equal(prompts, read);
    }

    [Fact]
    public async Task Endless_line_is_not_held_and_ends_at_the_limit_on_bytes()
    {
        using EndlessStream endless = new();
        PromptReadLimits limits = new() { BytesMax = 64L << 20 };
        long before = GC.GetAllocatedBytesForCurrentThread();

        List<PromptLine> lines = [];
        await foreach (PromptLine line in PromptFileReader.ReadJsonLinesAsync(endless, "body", limits, Token))
        {
            lines.Add(line);
        }

        PromptLine last = Assert.Single(lines);
        Assert.Equal($"the input has more than {64 << 20} bytes", last.Problem);
        Assert.True(last.ReadingEnded);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task Line_of_a_megabyte_is_passed_over_and_the_next_is_read()
    {
        byte[] bytes = [.. "{\"prompt\":\""u8, .. new byte[1 << 20], .. "\n{\"prompt\":\"p\",\"category\":\"c\"}"u8];

        PromptLine[] lines = await JsonAsync(bytes);

        Assert.Equal("the line has more than 28672 bytes", lines[0].Problem);
        Assert.Equal(new PromptRequest("c", "p"), lines[1].Request);
    }

    [Theory]
    [InlineData("""{"prompt":"p","category":"c"}""", null)]
    [InlineData("""{"seed":18446744073709551615,"prompt":"p","category":"c"}""", null)]
    [InlineData("""{"seed":null,"prompt":"p","category":"c"}""", null)]
    [InlineData("""{"prompt":"p"}""", "the member category is missing")]
    [InlineData("""{"category":"c"}""", "the member prompt is missing")]
    [InlineData("""{"prompt":"p","category":"c","sede":1}""",
        "the member 'sede' is unknown; known are prompt, category and seed")]
    [InlineData("""{"prompt":"p","category":"c","prompt":"q"}""", "the member prompt is there twice")]
    [InlineData("""{"prompt":1,"category":"c"}""", "the member prompt is a Number; it must be a string")]
    [InlineData("""{"prompt":{"a":[]},"category":"c"}""", "the member prompt is a StartObject; it must be a string")]
    [InlineData("""{"prompt":"p","category":"c","seed":-1}""",
        "the seed is '-1'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("""{"prompt":"p","category":"c","seed":"7"}""",
        "the seed is '7'; it must be a whole number from 0 to 18446744073709551615")]
    [InlineData("""{"prompt":"\ud800","category":"c"}""", "the prompt has an escape for half of a surrogate pair")]
    [InlineData("""{"prompt":"a\nb","category":"c"}""", "the prompt has the control character U+000A at character 1")]
    [InlineData("""{"prompt":" ","category":"c"}""", "the prompt is empty")]
    [InlineData("""{"prompt":"p","category":""}""", "the category is empty")]
    [InlineData("[]", "the line is JSON but no object")]
    public async Task Json_line_says_what_is_wrong_with_it(string line, string? problem)
    {
        PromptLine[] lines = await JsonAsync(Encoding.UTF8.GetBytes(line));

        Assert.Equal(problem, Assert.Single(lines).Problem);
        Assert.Equal(problem is null, lines[0].Request is not null);
    }

    [Theory]
    [InlineData("""{"prompt":"p","category":"c"} {}""")]
    [InlineData("""{"prompt":"p","category":"c",}""")]
    [InlineData("""{"prompt":"p","category":"c" """)]
    [InlineData("""{'prompt':'p'}""")]
    [InlineData("""a cat""")]
    [InlineData("""[[[[[[]]]]]]""")]
    public async Task Line_that_is_not_one_json_object_is_reported(string line)
    {
        PromptLine[] lines = await JsonAsync(Encoding.UTF8.GetBytes(line + "\n{\"prompt\":\"p\",\"category\":\"c\"}"));

        Assert.StartsWith("the line is ", lines[0].Problem, StringComparison.Ordinal);
        Assert.Null(lines[1].Problem);
    }

    [Fact]
    public async Task Reading_ends_at_the_limit_on_lines_and_says_so()
    {
        byte[] bytes = "\n\n{\"prompt\":\"p\",\"category\":\"c\"}\n{}\n"u8.ToArray();

        PromptLine[] lines = await JsonAsync(bytes, new PromptReadLimits { LinesMax = 3 });

        Assert.Equal([null, "the input has more than 3 lines"], lines.Select(line => line.Problem));
        Assert.Equal([false, true], lines.Select(line => line.ReadingEnded));
    }

    [Fact]
    public async Task Input_of_exactly_the_bytes_allowed_is_read_whole()
    {
        byte[] bytes = "{\"prompt\":\"p\",\"category\":\"c\"}\n"u8.ToArray();

        PromptLine[] exact = await JsonAsync(bytes, new PromptReadLimits { BytesMax = bytes.Length });
        PromptLine[] over = await JsonAsync(bytes, new PromptReadLimits { BytesMax = bytes.Length - 1 });

        Assert.Null(Assert.Single(exact).Problem);
        Assert.Equal($"the input has more than {bytes.Length - 1} bytes", Assert.Single(over).Problem);
    }

    [Fact]
    public async Task File_that_cannot_be_opened_is_named_with_the_cause()
    {
        using TempFolder folder = new();

        PromptFileException absent = await Assert.ThrowsAsync<PromptFileException>(
            () => FileAsync(new PromptFileOptions { Path = folder.File("no.txt"), Category = "c" }));
        PromptFileException isFolder = await Assert.ThrowsAsync<PromptFileException>(
            () => FileAsync(new PromptFileOptions { Path = folder.Path, Category = "c" }));

        Assert.Equal($"The prompt file '{folder.File("no.txt")}' is not there.", absent.Message);
        Assert.Equal($"The prompt file '{folder.Path}' is a folder; give a file.", isFolder.Message);
    }

    [Fact]
    public async Task Category_of_a_json_file_is_for_lines_that_name_none()
    {
        using TempFolder folder = new();
        string path = folder.File("prompts.jsonl");
        await File.WriteAllTextAsync(path, "{\"prompt\":\"p\"}\n{\"prompt\":\"q\",\"category\":\"dog\"}\n", Token);

        PromptLine[] lines = await FileAsync(new PromptFileOptions { Path = path, Category = "cat" });

        Assert.Equal(["cat", "dog"], lines.Select(line => line.Request!.Category));
    }

    private static async Task<PromptLine[]> TextAsync(byte[] bytes)
    {
        using TempFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("cat.txt"), bytes, Token);
        return await FileAsync(new PromptFileOptions { Path = folder.File("cat.txt"), Category = "cat" });
    }

    private static async Task<PromptLine[]> FileAsync(PromptFileOptions file) =>
        await ToArrayAsync(PromptFileReader.ReadFileAsync(file, PromptReadLimits.ForFiles(new PlanOptions()), Token));

    private static async Task<PromptLine[]> JsonAsync(byte[] bytes, PromptReadLimits? limits = null)
    {
        using MemoryStream body = new(bytes);
        return await ToArrayAsync(PromptFileReader.ReadJsonLinesAsync(body, "body", limits ?? new(), Token));
    }

    private static async Task<PromptLine[]> ToArrayAsync(IAsyncEnumerable<PromptLine> lines)
    {
        List<PromptLine> all = [];
        await foreach (PromptLine line in lines)
        {
            all.Add(line);
        }

        return [.. all];
    }

    /// <summary>Gives its bytes a few at a time.</summary>
    private sealed class DripStream(byte[] bytes, int chunkBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunkBytes, buffer.Length)], cancellationToken);
    }

    /// <summary>The letter x for ever.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
