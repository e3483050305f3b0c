using Kernels.Numbers;

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
        // A generator a block, so that blocks need not be made in turn.
        SplitMix64 random = new(new SplitMix64((ulong)seed).Next() ^ (ulong)start);
        int[] offsets = new int[length];
        for (int i = 0; i < length; i++)
        {
            offsets[i] = i;
        }

        for (int i = length - 1; i > 0; i--)
        {
            int j = (int)Math.BigMul(random.Next(), (ulong)i + 1, out _);
            (offsets[i], offsets[j]) = (offsets[j], offsets[i]);
        }

        return offsets;
    }
}
