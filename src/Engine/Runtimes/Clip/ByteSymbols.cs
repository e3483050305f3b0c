namespace Engine.Runtimes.Clip;

/// <summary>The printable character that stands for each byte in vocab.json and merges.txt.</summary>
/// <remarks>Bytes that print in Latin-1 stand for themselves; the other 68, in order, have the characters from U+0100
/// on. Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019 (byte-level BPE).</remarks>
internal static class ByteSymbols
{
    private const int FirstSubstitute = 0x100;

    private static readonly char[] Table = Make();

    /// <summary>The character of a byte.</summary>
    public static char Of(byte value) => Table[value];

    private static char[] Make()
    {
        char[] table = new char[256];
        int next = FirstSubstitute;
        for (int value = 0; value < table.Length; value++)
        {
            table[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF)
                ? (char)value
                : (char)next++;
        }

        return table;
    }
}
