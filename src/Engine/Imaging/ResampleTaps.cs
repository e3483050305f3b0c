namespace Engine.Imaging;

/// <summary>Which source pixels make each target pixel along one axis, and with what weight.</summary>
/// <remarks>The centre of target pixel i lies at (i + 0.5) * scale. When the picture shrinks the kernel is widened by
/// the scale; at the border it is cut and its weights are made to add up to 1 again. That is Pillow's convention, which
/// most preprocessing of image models is written in.</remarks>
internal sealed class ResampleTaps
{
    private ResampleTaps(int[] first, float[][] weights) => (First, Weights) = (first, weights);

    /// <summary>First source pixel of each target pixel.</summary>
    public int[] First { get; }

    /// <summary>Weights of each target pixel, from its first source pixel on; they add up to 1.</summary>
    public float[][] Weights { get; }

    public static ResampleTaps Of(int source, int target, ResizeKernel kernel)
    {
        double scale = (double)source / target;
        double widen = kernel == ResizeKernel.Nearest ? 1.0 : Math.Max(scale, 1.0);
        double support = Support(kernel) * widen;
        int[] first = new int[target];
        float[][] weights = new float[target][];
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            if (kernel == ResizeKernel.Nearest)
            {
                (first[i], weights[i]) = (Math.Clamp((int)centre, 0, source - 1), [1f]);
                continue;
            }

            int from = Math.Max((int)(centre - support + 0.5), 0);
            int until = Math.Min((int)(centre + support + 0.5), source);
            (first[i], weights[i]) = (from, Normalised(from, until, centre, widen, kernel));
        }

        return new ResampleTaps(first, weights);
    }

    private static float[] Normalised(int from, int until, double centre, double widen, ResizeKernel kernel)
    {
        double[] raw = new double[until - from];
        for (int x = from; x < until; x++)
        {
            raw[x - from] = Weight(kernel, (x - centre + 0.5) / widen);
        }

        double sum = raw.Sum();
        return [.. raw.Select(weight => (float)(weight / sum))];
    }

    private static double Support(ResizeKernel kernel) => kernel switch
    {
        ResizeKernel.Nearest => 0.5,
        ResizeKernel.Bilinear => 1.0,
        ResizeKernel.Bicubic => 2.0,
        ResizeKernel.Lanczos3 => 3.0,
        _ => throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "Unknown kernel."),
    };

    private static double Weight(ResizeKernel kernel, double at)
    {
        const double A = -0.5; // Keys' cubic, 1981: with this value it is Catmull-Rom's.
        double x = Math.Abs(at);
        return kernel switch
        {
            ResizeKernel.Bilinear => Math.Max(1.0 - x, 0.0),
            ResizeKernel.Bicubic when x < 1.0 => ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1.0,
            ResizeKernel.Bicubic when x < 2.0 => A * ((((x - 5.0) * x) + 8.0) * x - 4.0),
            ResizeKernel.Lanczos3 when x < 3.0 => Sinc(x) * Sinc(x / 3.0),
            _ => 0.0,
        };
    }

    private static double Sinc(double x) => x == 0.0 ? 1.0 : Math.Sin(Math.PI * x) / (Math.PI * x);
}
