namespace Engine.Pipeline.Generate;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for a seed on every machine and
/// version.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next number in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next number in [least, most).</summary>
    public double Between(double least, double most) => least + ((most - least) * Next());

    /// <summary>The next whole number in [0, below).</summary>
    public int Below(int below) => (int)(Next() * below);

    /// <summary>The next 64 bits, to seed another.</summary>
    public ulong NextSeed() => NextBits();

    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
