namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Euler's method that goes below the next noise level and adds fresh noise up to it.</summary>
/// <remarks>Source: Song et al., "Score-Based Generative Modeling through Stochastic Differential Equations", ICLR
/// 2021, appendix F (ancestral sampling of the variance-exploding process): of the next level's variance, the part
/// added is next^2 (sigma^2 - next^2) / sigma^2.</remarks>
internal sealed class EulerAncestralScheduler : Scheduler
{
    private readonly PredictionType _prediction;
    private readonly SigmaPlan _plan;

    public EulerAncestralScheduler(SchedulerConfig config, int steps)
    {
        (_prediction, _plan) = (config.Prediction, SigmaPlan.ForEuler(config, steps));
        InitSigma = EulerScheduler.FirstSigma(config, _plan);
    }

    public override IReadOnlyList<double> Timesteps => _plan.Timesteps;

    public override double InitSigma { get; }

    public override double InputScale(int step) => NoiseLevel.OfSigma(_plan.Sigmas[step]).Signal;

    public override bool NeedsNoise(int step) => _plan.Sigmas[step + 1] > 0;

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        (double sigma, double next) = (_plan.Sigmas[step], _plan.Sigmas[step + 1]);
        double added = next * Math.Sqrt((sigma * sigma) - (next * next)) / sigma;
        double below = Math.Sqrt((next * next) - (added * added));
        NoiseLevel level = NoiseLevel.OfSigma(sigma);
        Weights picture = level.Picture(_prediction);
        for (int i = 0; i < latent.Length; i++)
        {
            double clean = (picture.OfLatent * level.Signal * latent[i]) + (picture.OfOutput * output[i]);
            double stepped = latent[i] + ((latent[i] - clean) / sigma * (below - sigma));
            latent[i] = (float)(next > 0 ? stepped + (added * noise[i]) : stepped);
        }
    }
}
