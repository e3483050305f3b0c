namespace Kernels.Numbers;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for a seed on every machine and in every
/// version.</summary>
/// <param name="seed">Any 64 bits.</param>
public struct SplitMix64(ulong seed)
{
    /// <summary>What the state grows by: 2^64 over the golden ratio, odd.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>Mixes bits, each into all: what the generator makes of a state.</summary>
    /// <param name="bits">Any 64 bits.</param>
    /// <returns>One value for each.</returns>
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
