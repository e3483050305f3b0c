namespace Tests.Shared;

/// <summary>Random rows of length 1, by a seed.</summary>
internal static class UnitRows
{
    /// <summary>[count, width] f32, row-major.</summary>
    public static float[] Of(int count, int width, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count * width];
        for (int row = 0; row < count; row++)
        {
            Span<float> own = values.AsSpan(row * width, width);
            double squares = 0;
            for (int d = 0; d < width; d++)
            {
                own[d] = (float)((random.NextDouble() * 2) - 1);
                squares += (double)own[d] * own[d];
            }

            for (int d = 0; d < width; d++)
            {
                own[d] = (float)(own[d] / Math.Sqrt(squares));
            }
        }

        return values;
    }
}
