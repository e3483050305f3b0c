using System.Globalization;
using System.Text;
using Engine.Pipeline.Prompts;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Prompts;

public sealed class PromptTextTests
{
    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \u00A0 ", "is empty")]
    [InlineData("a\tb", "has the control character U+0009 at character 1")]
    [InlineData("a\0", "has the control character U+0000 at character 1")]
    [InlineData("a\u0085", "has the control character U+0085 at character 1")]
    [InlineData("a\u2028b", "has the control character U+2028 at character 1")]
    [InlineData("ab\u202Ec", "has the control character U+202E at character 2")]
    [InlineData("12345678901", "has 11 bytes; at most 10 are allowed")]
    [InlineData("éééééé", "has 12 bytes; at most 10 are allowed")]
    public void Bad_text_is_refused_with_the_value_and_the_bound(string text, string problem)
    {
        string? found = PromptText.Clean(text, bytesMax: 10, out string clean);

        Assert.Equal(problem, found);
        Assert.Empty(clean);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused_with_its_place()
    {
        Assert.Equal(
            "is not Unicode text: U+D800 at character 1 is half of a pair", PromptText.Clean("a\uD800b", 10, out _));
        Assert.Equal(
            "is not Unicode text: U+DC00 at character 2 is half of a pair", PromptText.Clean("😀\uDC00", 10, out _));
    }

    [Fact]
    public void Prompt_of_a_megabyte_is_refused_by_its_length_alone()
    {
        string? asText = PromptText.Clean(new string('x', 1 << 20), 4096, out _);
        string? asBytes = PromptText.Clean(new byte[1 << 20], 4096, out _);

        Assert.Equal("has 1048576 bytes; at most 4096 are allowed", asText);
        Assert.Equal(asText, asBytes);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF }, "is not UTF-8: byte 1 is 0xFF")]
    [InlineData(new byte[] { 0xC3 }, "is not UTF-8: byte 0 is 0xC3")]
    [InlineData(new byte[] { 0x61, 0x62, 0xED, 0xA0, 0x80 }, "is not UTF-8: byte 2 is 0xED")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "is not UTF-8: byte 0 is 0xC0")]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place(byte[] bytes, string problem)
    {
        Assert.Equal(problem, PromptText.Clean(bytes, 4096, out _));
    }

    [Fact]
    public void Emoji_and_all_planes_are_text()
    {
        Assert.Null(PromptText.Clean("👩‍🚀 on 𝄞"u8, 4096, out string clean));
        Assert.Equal("👩‍🚀 on 𝄞", clean);
    }

    [Theory]
    [InlineData("A  Photo\u00A0of É", "a photo of é")]
    [InlineData("x", "x")]
    public void Normal_form_ignores_case_and_spacing(string text, string normal)
    {
        Assert.Equal(normal, PromptText.Normal(text));
    }

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("A\u030A", "Å")]
    [InlineData("\u212B", "Å")] // The Angstrom sign is the letter.
    [InlineData("u\u0308\u0304", "ǖ")]
    [InlineData("u\u0304\u0308", "\u1E7B")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")] // Marks in the order of their classes.
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("\u0958", "\u0915\u093C")] // Excluded from composition.
    public void Text_is_composed_though_the_runtime_has_no_unicode_data(string given, string composed)
    {
        Assert.Null(PromptText.Clean(given, 4096, out string clean));

        Assert.Equal(composed, clean);
    }

    [Fact]
    public async Task Composition_agrees_with_python_on_every_code_point_and_on_random_mixtures()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("Needs python3, for the Unicode data in its unicodedata module.");
        }

        // Parts that combine: Latin with marks of many classes, Hangul, Indic vowels and exclusions.
        const string Script = """
            import random, sys, unicodedata as u
            if u.unidata_version != '14.0.0': print(u.unidata_version); sys.exit()
            rnd = random.Random(7)
            marks = [c for c in range(0x110000) if u.combining(chr(c))]
            bases = list(range(0x41, 0x5b)) + [0xdc, 0x1100, 0x1161, 0x11a8, 0xac00, 0x915, 0x9c7, 0x9be, 0xfb1d]
            def text(): return [rnd.choice(bases if rnd.random() < .5 else marks) for _ in range(rnd.randint(1, 8))]
            rows = [[c] for c in range(0x110000) if not 0xd800 <= c < 0xe000 and u.category(chr(c)) != 'Cn']
            rows += [text() for _ in range(20000)]
            for row in rows:
                done = u.normalize('NFC', ''.join(map(chr, row)))
                print(' '.join('%x' % c for c in row) + ';' + ' '.join('%x' % ord(c) for c in done))
            """;

        Command python = await Command.RunAsync("/usr/bin/python3", ["-c", Script]);

        string[] rows = python.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (rows.Length == 1)
        {
            Assert.Skip($"This python3 has Unicode {rows[0]}; the table was made from 14.0.0.");
        }

        Assert.True(rows.Length > 200_000, python.Error);
        Assert.All(rows, row =>
        {
            string[] sides = row.Split(';');
            Assert.Equal(sides[1], Codes(Nfc.Compose(Text(sides[0]))));
        });
    }

    private static string Text(string codes) => string.Concat(codes.Split(' ').Select(code =>
        new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));

    private static string Codes(string text) =>
        string.Join(' ', text.EnumerateRunes().Select(rune => rune.Value.ToString("x", CultureInfo.InvariantCulture)));
}
