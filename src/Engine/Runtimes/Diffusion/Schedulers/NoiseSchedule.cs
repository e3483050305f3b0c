namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>How much signal and noise a latent holds at each timestep of the training.</summary>
/// <remarks>x_t = Signal(t) * x_0 + Spread(t) * noise with Signal^2 + Spread^2 = 1; Sigma = Spread / Signal.</remarks>
internal sealed class NoiseSchedule
{
    // With no signal at all sigma would be infinite; 2^-24 of it is less than an f32 of the noise resolves.
    private const double LeastAlpha = 1.0 / (1 << 24);

    private const double CosineOffset = 0.008;
    private const double CosineBetaMax = 0.999;

    private readonly double[] _alphas; // The product of 1 - beta up to each timestep: the signal's share of variance.

    private NoiseSchedule(double[] alphas)
    {
        _alphas = alphas;
        Sigmas = [.. alphas.Select(alpha => Math.Sqrt((1 - alpha) / alpha))];
    }

    /// <summary>Timesteps of the training.</summary>
    public int Count => _alphas.Length;

    /// <summary>Noise over signal of each timestep, rising.</summary>
    public double[] Sigmas { get; }

    public static NoiseSchedule Of(SchedulerConfig config)
    {
        IReadOnlyList<double> betas = config.TrainedBetas ?? Betas(config);
        double[] alphas = new double[betas.Count];
        double product = 1;
        for (int t = 0; t < alphas.Length; t++)
        {
            product *= 1 - betas[t];
            alphas[t] = product;
        }

        return new NoiseSchedule(config.ZeroTerminalSnr ? ToZeroTerminal(alphas) : alphas);
    }

    /// <summary>The signal's share of variance at a timestep.</summary>
    public double Alpha(int timestep) => _alphas[timestep];

    private static double[] Betas(SchedulerConfig config)
    {
        int count = config.TrainSteps;
        double Even(int t, double first, double last) => first + ((last - first) * t / (count - 1));
        double Kept(double part) =>
            Math.Pow(Math.Cos((part + CosineOffset) / (1 + CosineOffset) * Math.PI / 2), 2);
        double Beta(int t) => config.BetaSchedule switch
        {
            BetaSchedule.Linear => Even(t, config.BetaStart, config.BetaEnd),
            BetaSchedule.ScaledLinear =>
                Math.Pow(Even(t, Math.Sqrt(config.BetaStart), Math.Sqrt(config.BetaEnd)), 2),
            _ => Math.Min(1 - (Kept((t + 1.0) / count) / Kept((double)t / count)), CosineBetaMax),
        };
        return [.. Enumerable.Range(0, count).Select(Beta)];
    }

    /// <summary>Shifts and stretches the signal so that the last timestep has none and the first stays as it is.
    /// </summary>
    private static double[] ToZeroTerminal(double[] alphas)
    {
        (double first, double last) = (Math.Sqrt(alphas[0]), Math.Sqrt(alphas[^1]));
        return
        [
            .. alphas.Select(alpha => Math.Max(
                LeastAlpha, Math.Pow((Math.Sqrt(alpha) - last) * first / (first - last), 2))),
        ];
    }
}
