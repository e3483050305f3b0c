using Kernels.Numbers;

namespace Engine.Pipeline.Generate;

/// <summary>Draws from SplitMix64: the same numbers for a seed on every machine and version.</summary>
internal struct SeededRandom(ulong seed)
{
    private SplitMix64 _bits = new(seed);

    /// <summary>The next number in [0, 1).</summary>
    public double Next() => (_bits.Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next number in [least, most).</summary>
    public double Between(double least, double most) => least + ((most - least) * Next());

    /// <summary>The next whole number in [0, below).</summary>
    public int Below(int below) => (int)(Next() * below);

    /// <summary>The next 64 bits, to seed another.</summary>
    public ulong NextSeed() => _bits.Next();
}
