namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Latent consistency: each call predicts the picture, to which noise is added again for the next.</summary>
/// <remarks>Source: Luo et al., "Latent Consistency Models", 2023, algorithm 3; the boundary condition of Song et al.,
/// "Consistency Models", ICML 2023, equation 25, with sigma_data 0.5 at the scaled timestep.</remarks>
internal sealed class LcmScheduler : Scheduler
{
    private const double SigmaData = 0.5;

    private readonly SchedulerConfig _config;
    private readonly double[] _timesteps;
    private readonly NoiseLevel[] _levels;

    public LcmScheduler(SchedulerConfig config, int steps)
    {
        _config = config;
        int stride = config.TrainSteps / config.OriginalSteps;
        int count = config.OriginalSteps;

        // Of the distilled timesteps, counted down from the noisiest, every (count / steps)th.
        _timesteps = [.. Enumerable.Range(0, steps)
            .Select(step => (double)(((count - (int)((long)step * count / steps)) * stride) - 1))];
        _levels = DdimScheduler.Levels(config, _timesteps);
    }

    public override IReadOnlyList<double> Timesteps => _timesteps;

    public override bool NeedsNoise(int step) => step < _timesteps.Length - 1;

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        Weights picture = _levels[step].Picture(_config.Prediction);
        double scaled = _timesteps[step] * _config.TimestepScaling;
        double length = Math.Sqrt((scaled * scaled) + (SigmaData * SigmaData));
        (double skip, double part) = (SigmaData * SigmaData / (length * length), scaled / length);
        double range = _config.ClipRange > 0 ? _config.ClipRange : double.PositiveInfinity;
        NoiseLevel next = _levels[step + 1];
        for (int i = 0; i < latent.Length; i++)
        {
            double clean = Math.Clamp(picture.Of(latent[i], output[i]), -range, range);
            double kept = (part * clean) + (skip * latent[i]);
            latent[i] = (float)(NeedsNoise(step) ? (next.Signal * kept) + (next.Spread * noise[i]) : kept);
        }
    }
}
