namespace Engine.Index;

/// <summary>Quantiles of the normal distribution below its middle.</summary>
internal static class NormalQuantile
{
    /// <summary>The value below which a share lies. By bisection: it is asked once a start.</summary>
    /// <param name="share">Above 0, below 0.5.</param>
    public static double Of(double share)
    {
        (double low, double high) = (-10, 0);
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = Below(middle) < share ? (middle, high) : (low, middle);
        }

        return low;
    }

    // The normal distribution below x < 0, by Simpson's rule over ten deviations.
    private static double Below(double x)
    {
        const int Steps = 400;
        double from = Math.Min(x, -10) - 1;
        double width = (x - from) / Steps;
        double sum = 0;
        for (int i = 0; i <= Steps; i++)
        {
            double at = from + (i * width);
            sum += Math.Exp(-at * at / 2) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
