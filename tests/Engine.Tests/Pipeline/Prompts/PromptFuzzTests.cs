using System.Text;
using Engine.Pipeline.Prompts;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Prompts;

/// <summary>Goal: no body of POST /v1/prompts makes its reader throw, hang, lose count of lines or let a bad prompt by.
/// Method: good lines spoiled byte by byte, read in pieces of random lengths.</summary>
public sealed class PromptFuzzTests
{
    private static readonly PromptReadLimits Limits = new()
    {
        PromptBytesMax = 64, LinesMax = 40, BytesMax = 4000,
    };

    private static readonly string[] Good =
    [
        """{"prompt":"a photo of a yak","category":"yak","seed":7}""",
        """{"category":"bath towel","prompt":"\u00e9\ud83d\ude00 \"quoted\""}""",
        """ {"prompt":"x","category":"y","seed":18446744073709551615} """,
        "",
    ];

    [Fact]
    public void Any_body_is_read_line_by_line_or_refused_line_by_line() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Fuzz.Cases(20_000)),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), IsReadOrRefusedAsync));

    private static async Task<bool> IsReadOrRefusedAsync(int seed)
    {
        Random random = new(seed);
        string body = string.Join('\n', Enumerable.Range(0, random.Next(1, 8)).Select(_ => Good[random.Next(4)]));
        byte[] spoiled = Fuzz.Mutate(
            Encoding.UTF8.GetBytes(body), random.Next(0, 12), random, "{}[]\":,\\u\n\r\0\t\u00c3\u00ff9-"u8);
        List<PromptLine> lines = [];
        await foreach (PromptLine line in PromptFileReader.ReadJsonLinesAsync(
            new PieceStream(spoiled, random), "body", Limits, CancellationToken.None))
        {
            lines.Add(line);
        }

        Assert.All(lines, line => Assert.True(line.Request is null != line.Problem is null, line.ToString()));
        Assert.All(lines.Where(line => line.Request is not null), line =>
        {
            Assert.InRange(Encoding.UTF8.GetByteCount(line.Request!.Text), 1, Limits.PromptBytesMax);
            Assert.DoesNotContain(line.Request.Text, char.IsControl);
        });
        long[] numbers = [.. lines.Select(line => line.Number)];
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.InRange(numbers.Append(1).Max(), 1, spoiled.Count(at => at == '\n') + 1);
        return true;
    }

    /// <summary>Gives what it has in pieces, as a socket does.</summary>
    private sealed class PieceStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 40))], cancellationToken);
    }
}
