namespace Engine.Pipeline.Deliver;

/// <summary>The permutation of a block: Fisher and Yates over SplitMix64, as docs/spec/wire.md specifies it.</summary>
internal static class BlockShuffle
{
    /// <summary>Permutes a block.</summary>
    /// <param name="seed">The order's seed.</param>
    /// <param name="start">The last position before the block.</param>
    /// <param name="length">Positions in the block.</param>
    /// <returns>[length] offsets: position start + 1 + i carries sequence start + 1 + offset[i].</returns>
    public static int[] Permute(long seed, long start, int length)
    {
        ulong state = (ulong)seed;
        state = Next(ref state) ^ (ulong)start; // a generator a block, so that blocks need not be made in turn
        int[] offsets = new int[length];
        for (int i = 0; i < length; i++)
        {
            offsets[i] = i;
        }

        for (int i = length - 1; i > 0; i--)
        {
            int j = (int)Math.BigMul(Next(ref state), (ulong)i + 1, out _);
            (offsets[i], offsets[j]) = (offsets[j], offsets[i]);
        }

        return offsets;
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
