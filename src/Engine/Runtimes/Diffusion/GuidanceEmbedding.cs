namespace Engine.Runtimes.Diffusion;

/// <summary>The guidance scale as a vector, for UNets that were distilled with it (LCM).</summary>
/// <remarks>Luo et al., "Latent Consistency Models", 2023: sines, then cosines, of 1000 (guidance - 1) at frequencies
/// that fall from 1 to 1 / 10,000 in equal ratios.</remarks>
internal static class GuidanceEmbedding
{
    private const double Scale = 1000;
    private const double LongestPeriod = 10_000;

    /// <summary>Makes the vector.</summary>
    /// <param name="guidance">The guidance scale.</param>
    /// <param name="width">Its length, at least 2; a last value beyond an even number is 0.</param>
    public static float[] Make(double guidance, int width)
    {
        float[] embedding = new float[width];
        int half = width / 2;
        for (int i = 0; i < half; i++)
        {
            double frequency = half == 1 ? 1 : Math.Pow(LongestPeriod, -(double)i / (half - 1));
            (double sine, double cosine) = Math.SinCos((guidance - 1) * Scale * frequency);
            (embedding[i], embedding[half + i]) = ((float)sine, (float)cosine);
        }

        return embedding;
    }
}
