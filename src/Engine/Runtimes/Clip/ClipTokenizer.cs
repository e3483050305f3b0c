namespace Engine.Runtimes.Clip;

/// <summary>CLIP's tokenizer: lower case, pieces, byte pairs, start and end, padding to the context.</summary>
/// <remarks>Same ids as the reference for text in Unicode form NFC, which prompts are; it does not bring text to that
/// form. Safe to call from several threads at once.</remarks>
internal sealed class ClipTokenizer
{
    private readonly BytePairs _pairs;
    private readonly ClipSpecials _specials;
    private readonly string[] _special;

    public ClipTokenizer(BytePairs pairs, ClipSpecials specials, int context)
    {
        (_pairs, _specials, Context) = (pairs, specials, context);
        _special = [.. specials.Ids.Keys];
    }

    /// <summary>Tokens the text encoder takes, start and end included.</summary>
    public int Context { get; }

    /// <summary>Encodes a text and cuts it to the context.</summary>
    public ClipTokens Encode(string text)
    {
        List<int> ids = Pieces(text);
        int kept = Math.Min(ids.Count, Context - 2);
        int[] padded = new int[Context];
        Array.Fill(padded, _specials.Padding);
        padded[0] = _specials.Start;
        ids.CopyTo(0, padded, 1, kept);
        padded[kept + 1] = _specials.End;
        return new ClipTokens(padded, kept + 2, ids.Count - kept);
    }

    /// <summary>The text's own ids: no start, no end, nothing cut.</summary>
    public List<int> Pieces(string text)
    {
        List<int> ids = [];
        ReadOnlySpan<char> rest = ClipWords.Lower(text);
        while (!rest.IsEmpty)
        {
            int length = ClipWords.Next(rest, _special, out string? special);
            if (special is not null)
            {
                ids.Add(_specials.Ids[special]);
            }
            else if (length > 0)
            {
                _pairs.Encode(rest[..length], ids);
            }

            rest = rest[Math.Max(1, length)..];
        }

        return ids;
    }
}
