using Kernels.Numbers;

namespace Engine.Runtimes.Diffusion;

/// <summary>Normal noise that a seed and a place decide, and nothing that was drawn before or beside it.</summary>
/// <remarks>Bits: SplitMix64 (Steele, Lea and Flood, 2014) from a state that mixes seed and stream, so that each number
/// is a function of (seed, stream, index). Normal: Box and Muller, 1958, a pair from two of them.</remarks>
internal static class NormalNoise
{
    /// <summary>Fills with noise of mean 0.</summary>
    /// <param name="values">Receives the noise.</param>
    /// <param name="seed">The picture's.</param>
    /// <param name="stream">0 for the first latent, then 1 and on for the noise of each step.</param>
    /// <param name="deviation">Standard deviation.</param>
    public static void Fill(Span<float> values, ulong seed, int stream, double deviation = 1)
    {
        ulong state = SplitMix64.Mix(SplitMix64.Mix(seed + SplitMix64.Step) ^ ((ulong)stream * 0xD1B54A32D192ED03));
        for (int i = 0; i < values.Length; i += 2)
        {
            // Never 0, of which there is no logarithm.
            double first = ((Bits(state, i + 1) >> 11) + 1) * (1.0 / (1UL << 53));
            double second = (Bits(state, i + 2) >> 11) * (1.0 / (1UL << 53));
            double radius = deviation * Math.Sqrt(-2 * Math.Log(first));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * second);
            values[i] = (float)(radius * cosine);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sine);
            }
        }
    }

    private static ulong Bits(ulong state, int index) => SplitMix64.Mix(state + ((ulong)index * SplitMix64.Step));
}
