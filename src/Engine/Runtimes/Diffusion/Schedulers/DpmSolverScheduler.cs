namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>DPM-Solver++ (2M): a step of second order from the last two predicted pictures.</summary>
/// <remarks>Source: Lu et al., "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", 2022,
/// algorithm 2, with lambda = log(signal / spread).</remarks>
internal sealed class DpmSolverScheduler : Scheduler
{
    private const int FewSteps = 15; // Below it the last step of second order is unstable (the authors' code).

    private readonly SchedulerConfig _config;
    private readonly SigmaPlan _plan;

    public DpmSolverScheduler(SchedulerConfig config, int steps) =>
        (_config, _plan) = (config, SigmaPlan.ForDpmSolver(config, steps));

    public override IReadOnlyList<double> Timesteps => _plan.Timesteps;

    public override int HistoryLength => 2;

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        (double sigma, double nextSigma) = (_plan.Sigmas[step], _plan.Sigmas[step + 1]);
        (NoiseLevel level, NoiseLevel next) = (NoiseLevel.OfSigma(sigma), NoiseLevel.OfSigma(nextSigma));
        Weights picture = level.Picture(_config.Prediction);
        Span<float> newest = history.Next();
        for (int i = 0; i < latent.Length; i++)
        {
            newest[i] = (float)picture.Of(latent[i], output[i]);
        }

        // exp(-h) with h = lambda' - lambda, so 0 where no noise is left.
        double decay = nextSigma / sigma;
        (double ofLatent, double ofPicture) = (next.Spread / level.Spread, next.Signal * (1 - decay));
        if (IsFirstOrder(step))
        {
            for (int i = 0; i < latent.Length; i++)
            {
                latent[i] = (float)((ofLatent * latent[i]) + (ofPicture * newest[i]));
            }

            return;
        }

        double ofSlope = Slope(step, decay, next.Signal);
        ReadOnlySpan<float> before = history.Ago(1);
        for (int i = 0; i < latent.Length; i++)
        {
            double slope = (double)newest[i] - before[i];
            latent[i] = (float)((ofLatent * latent[i]) + (ofPicture * newest[i]) + (ofSlope * slope));
        }
    }

    private bool IsFirstOrder(int step)
    {
        bool last = step == _plan.Timesteps.Length - 1;
        return step == 0 || _config.SolverOrder == 1 || (last && (_plan.Sigmas[^1] == 0 || _config.EulerAtFinal
            || (_config.LowerOrderFinal && _plan.Timesteps.Length < FewSteps)));
    }

    /// <summary>What the difference of the last two pictures is multiplied by.</summary>
    private double Slope(int step, double decay, double signal)
    {
        double h = Math.Log(_plan.Sigmas[step] / _plan.Sigmas[step + 1]);
        double ratio = Math.Log(_plan.Sigmas[step - 1] / _plan.Sigmas[step]) / h;
        if (!(h > 0 && ratio > 0))
        {
            return 0; // Two steps at one timestep, where lambda_min_clipped leaves fewer than there are steps.
        }

        return signal * (_config.HeunSolver ? 1 - ((1 - decay) / h) : (1 - decay) / 2) / ratio;
    }
}
