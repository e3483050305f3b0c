namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>What a latent is made of at one point: signal * picture + spread * noise.</summary>
/// <param name="Signal">Above 0.</param>
/// <param name="Spread">At least 0.</param>
internal readonly record struct NoiseLevel(double Signal, double Spread)
{
    /// <summary>Variance 1 in all, of which the signal has a share.</summary>
    public static NoiseLevel OfAlpha(double alpha) => new(Math.Sqrt(alpha), Math.Sqrt(1 - alpha));

    /// <summary>Variance 1 in all, with noise over signal given.</summary>
    public static NoiseLevel OfSigma(double sigma)
    {
        double signal = 1 / Math.Sqrt((sigma * sigma) + 1);
        return new(signal, sigma * signal);
    }

    /// <summary>The picture, as weights of the latent and of the UNet's output.</summary>
    public Weights Picture(PredictionType prediction) => prediction switch
    {
        PredictionType.Epsilon => new(1 / Signal, -Spread / Signal),
        PredictionType.Velocity => new(Signal, -Spread),
        _ => new(0, 1),
    };

    /// <summary>The noise, as weights of the latent and of the UNet's output.</summary>
    public Weights Noise(PredictionType prediction) => prediction switch
    {
        PredictionType.Epsilon => new(0, 1),
        PredictionType.Velocity => new(Spread, Signal),
        _ => new(1 / Spread, -Signal / Spread),
    };
}
