namespace Engine.Runtimes.Diffusion;

/// <summary>Normal noise that a seed and a place decide, and nothing that was drawn before or beside it.</summary>
/// <remarks>Bits: SplitMix64 (Steele, Lea and Flood, 2014) from a state that mixes seed and stream, so that each number
/// is a function of (seed, stream, index). Normal: Box and Muller, 1958, a pair from two of them.</remarks>
internal static class NormalNoise
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Fills with noise of mean 0.</summary>
    /// <param name="values">Receives the noise.</param>
    /// <param name="seed">The picture's.</param>
    /// <param name="stream">0 for the first latent, then 1 and on for the noise of each step.</param>
    /// <param name="deviation">Standard deviation.</param>
    public static void Fill(Span<float> values, ulong seed, int stream, double deviation = 1)
    {
        ulong state = Mix(Mix(seed + Golden) ^ ((ulong)stream * 0xD1B54A32D192ED03));
        for (int i = 0; i < values.Length; i += 2)
        {
            // Never 0, of which there is no logarithm.
            double first = ((Mix(state + ((ulong)(i + 1) * Golden)) >> 11) + 1) * (1.0 / (1UL << 53));
            double second = (Mix(state + ((ulong)(i + 2) * Golden)) >> 11) * (1.0 / (1UL << 53));
            double radius = deviation * Math.Sqrt(-2 * Math.Log(first));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * second);
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
