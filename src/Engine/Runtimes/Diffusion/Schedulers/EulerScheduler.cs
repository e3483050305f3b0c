namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Euler's method on the probability flow, the latent being picture + sigma * noise.</summary>
/// <remarks>Source: Karras et al., NeurIPS 2022, algorithm 2 without churn and without the second-order correction.
/// </remarks>
internal sealed class EulerScheduler : Scheduler
{
    private readonly PredictionType _prediction;
    private readonly SigmaPlan _plan;

    public EulerScheduler(SchedulerConfig config, int steps)
    {
        (_prediction, _plan) = (config.Prediction, SigmaPlan.ForEuler(config, steps));
        InitSigma = FirstSigma(config, _plan);
    }

    public override IReadOnlyList<double> Timesteps => _plan.Timesteps;

    public override double InitSigma { get; }

    /// <summary>With leading timesteps the start lies below the training's noisiest point, where some picture would be
    /// left: the deviation then covers that too.</summary>
    public static double FirstSigma(SchedulerConfig config, SigmaPlan plan)
    {
        double first = plan.Sigmas[0];
        return config.Spacing == TimestepSpacing.Leading ? Math.Sqrt((first * first) + 1) : first;
    }

    public override double InputScale(int step) => NoiseLevel.OfSigma(_plan.Sigmas[step]).Signal;

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        (double sigma, double next) = (_plan.Sigmas[step], _plan.Sigmas[step + 1]);
        NoiseLevel level = NoiseLevel.OfSigma(sigma);
        Weights picture = level.Picture(_prediction);
        for (int i = 0; i < latent.Length; i++)
        {
            double clean = (picture.OfLatent * level.Signal * latent[i]) + (picture.OfOutput * output[i]);
            latent[i] = (float)(latent[i] + ((latent[i] - clean) / sigma * (next - sigma)));
        }
    }
}
