using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Pipeline.Prompts;

/// <summary>Unicode normalisation form C, so that one text has one spelling in bytes and one prompt id.</summary>
/// <remarks>
/// <para>Not <see cref="string.Normalize()"/>: the daemon runs without ICU (InvariantGlobalization), and there that
/// method returns its input for every text, composed or not, without a word.</para>
/// <para>Source: Unicode Standard Annex 15 and chapter 3.12 for Hangul; the data are Unicode 14.0, and by the
/// standard's stability policy a later version changes the form of no character assigned then. Characters assigned
/// later stay as they came.</para>
/// </remarks>
internal static class Nfc
{
    private const int SyllableFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TailFirst = 0x11A7; // One before the first tail: index 0 means that there is none.
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Syllables = Leads * Vowels * Tails;

    /// <summary>Composes a text.</summary>
    /// <param name="text">Well-formed UTF-16 of any length.</param>
    /// <returns>The same text in form C; the same object when nothing can change.</returns>
    public static string Compose(string text)
    {
        // Every code point below U+0300 is in form C by itself and combines with nothing before it.
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\u02FF'))
        {
            return text;
        }

        List<int> runes = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, runes);
        }

        Span<int> all = CollectionsMarshal.AsSpan(runes);
        Order(all);
        StringBuilder composed = new(text.Length);
        foreach (int rune in all[..Compose(all)])
        {
            composed.Append(new Rune(rune).ToString());
        }

        return composed.ToString();
    }

    private static void Decompose(int rune, List<int> runes)
    {
        int syllable = rune - SyllableFirst;
        if (syllable is >= 0 and < Syllables)
        {
            runes.Add(LeadFirst + (syllable / (Vowels * Tails)));
            runes.Add(VowelFirst + (syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails > 0)
            {
                runes.Add(TailFirst + (syllable % Tails));
            }
        }
        else if (NfcTable.Instance.TryDecompose(rune, out (int First, int Second) parts))
        {
            Decompose(parts.First, runes);
            if (parts.Second != NfcTable.None)
            {
                runes.Add(parts.Second);
            }
        }
        else
        {
            runes.Add(rune);
        }
    }

    /// <summary>Sorts each run of combining code points by class, those of one class in the order they came.</summary>
    /// <remarks>By insertion: a run is short in any real text, and in a hostile one bounded by the prompt.</remarks>
    private static void Order(Span<int> runes)
    {
        for (int i = 1; i < runes.Length; i++)
        {
            (int rune, int own) = (runes[i], NfcTable.Instance.ClassOf(runes[i]));
            int to = i;
            for (; own != 0 && to > 0 && NfcTable.Instance.ClassOf(runes[to - 1]) > own; to--)
            {
                runes[to] = runes[to - 1];
            }

            runes[to] = rune;
        }
    }

    /// <summary>Joins in place.</summary>
    /// <returns>How many code points are left, at the front.</returns>
    private static int Compose(Span<int> runes)
    {
        int starter = -1; // Index of the last code point of class 0 among those written.
        int written = 0;
        int lastClass = 0; // Class of what was written after the starter; 0 when nothing was.
        foreach (int rune in runes)
        {
            int own = NfcTable.Instance.ClassOf(rune);
            bool reaches = starter >= 0 && (starter == written - 1 || (lastClass < own && lastClass != 0));
            if (reaches && TryJoin(runes[starter], rune, out int joined))
            {
                runes[starter] = joined;
                continue;
            }

            if (own == 0)
            {
                starter = written;
            }

            lastClass = own;
            runes[written++] = rune;
        }

        return written;
    }

    private static bool TryJoin(int first, int second, out int joined)
    {
        (int lead, int vowel) = (first - LeadFirst, second - VowelFirst);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            joined = SyllableFirst + (((lead * Vowels) + vowel) * Tails);
            return true;
        }

        (int syllable, int tail) = (first - SyllableFirst, second - TailFirst);
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
        {
            joined = first + tail;
            return true;
        }

        return NfcTable.Instance.TryCompose(first, second, out joined);
    }
}
