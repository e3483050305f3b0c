using System.Globalization;
using System.Text;

namespace Engine.Runtimes.Clip;

/// <summary>Cuts a text into the pieces that CLIP merges bytes within.</summary>
/// <remarks>
/// <para>In order of preference at each place: a special token; 's 't 're 've 'm 'll 'd; a run of letters; one digit; a
/// run of whatever else is no white space. White space only parts. Letters and digits are Unicode's categories L and N,
/// so a combining mark is neither. Source: Radford et al., 2021, and the tokenizer.json that CLIP folders carry.</para>
/// <para>By code point and not by a .NET pattern, which sees a letter beyond U+FFFF as two surrogates.</para>
/// </remarks>
internal static class ClipWords
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>Brings every character to lower case, by itself: a sigma at a word's end becomes the common one.
    /// </summary>
    public static string Lower(string text)
    {
        StringBuilder lower = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            // The one character whose lower case is two, in every language that has no rule of its own.
            lower.Append(rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString());
        }

        return lower.ToString();
    }

    /// <summary>The length in chars of the piece at the start of a text, 0 at white space.</summary>
    /// <param name="text">Lower case, not empty.</param>
    /// <param name="specials">Special tokens; none is empty.</param>
    /// <param name="special">The special token the piece is, or null.</param>
    public static int Next(ReadOnlySpan<char> text, IReadOnlyList<string> specials, out string? special)
    {
        special = SpecialAt(text, specials);
        if (special is not null)
        {
            return special.Length;
        }

        foreach (string contraction in Contractions)
        {
            if (text.StartsWith(contraction, StringComparison.Ordinal))
            {
                return contraction.Length;
            }
        }

        Rune.DecodeFromUtf16(text, out Rune rune, out int length);
        ClipCharacter kind = KindOf(rune);
        return kind switch
        {
            ClipCharacter.Space => 0,
            ClipCharacter.Digit => length,
            _ => RunLength(text, kind, specials),
        };
    }

    private static int RunLength(ReadOnlySpan<char> text, ClipCharacter kind, IReadOnlyList<string> specials)
    {
        int end = 0;
        while (end < text.Length)
        {
            Rune.DecodeFromUtf16(text[end..], out Rune rune, out int length);
            if (KindOf(rune) != kind || SpecialAt(text[end..], specials) is not null)
            {
                break;
            }

            end += length;
        }

        return end;
    }

    private static string? SpecialAt(ReadOnlySpan<char> text, IReadOnlyList<string> specials)
    {
        foreach (string special in specials)
        {
            if (text.StartsWith(special, StringComparison.Ordinal))
            {
                return special;
            }
        }

        return null;
    }

    private static ClipCharacter KindOf(Rune rune) => Rune.IsWhiteSpace(rune)
        ? ClipCharacter.Space
        : Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => ClipCharacter.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber =>
                ClipCharacter.Digit,
            _ => ClipCharacter.Other,
        };
}
