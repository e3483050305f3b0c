using System.Text;

namespace Engine.Runtimes.Clip;

/// <summary>Byte-pair encoding over token ids: a word's bytes are merged, the earliest-learned pair first.</summary>
/// <param name="first">[256] id of each byte inside a word.</param>
/// <param name="last">[256] id of each byte that ends a word.</param>
/// <param name="merges">Pair of ids to the merge's rank and the id of the whole.</param>
/// <remarks>Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", ACL 2016.</remarks>
internal sealed class BytePairs(int[] first, int[] last, Dictionary<(int Left, int Right), (int Rank, int Id)> merges)
{
    /// <summary>Encodes one word.</summary>
    /// <param name="word">A word as <see cref="ClipWords"/> cuts it, not empty.</param>
    /// <param name="ids">Receives the ids at its end.</param>
    /// <remarks>Each round merges every place of the best pair, so rounds are bounded by the pairs that differ, and a
    /// word of one letter 4,096 times takes 12 of them.</remarks>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, bytes);
        int[] symbols = new int[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            symbols[i] = (i + 1 < bytes.Length ? first : last)[bytes[i]];
        }

        int count = symbols.Length;
        while (Best(symbols.AsSpan(0, count)) is { } best)
        {
            count = Merge(symbols.AsSpan(0, count), best.Pair, best.Id);
        }

        ids.AddRange(symbols.AsSpan(0, count));
    }

    private ((int Left, int Right) Pair, int Id)? Best(ReadOnlySpan<int> symbols)
    {
        int rank = int.MaxValue;
        ((int, int), int)? best = null;
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            (int, int) pair = (symbols[i], symbols[i + 1]);
            if (merges.TryGetValue(pair, out (int Rank, int Id) merge) && merge.Rank < rank)
            {
                (rank, best) = (merge.Rank, (pair, merge.Id));
            }
        }

        return best;
    }

    private static int Merge(Span<int> symbols, (int Left, int Right) pair, int id)
    {
        int to = 0;
        for (int from = 0; from < symbols.Length; from++)
        {
            bool whole = symbols[from] == pair.Left && from + 1 < symbols.Length && symbols[from + 1] == pair.Right;
            symbols[to++] = whole ? id : symbols[from];
            from += whole ? 1 : 0;
        }

        return to;
    }
}
