namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>DDIM without added noise.</summary>
/// <remarks>Source: Song, Meng and Ermon, "Denoising Diffusion Implicit Models", ICLR 2021, equation 12 with sigma 0.
/// From each timestep to the next one visited, as the equation has it.</remarks>
internal sealed class DdimScheduler : Scheduler
{
    private readonly SchedulerConfig _config;
    private readonly NoiseLevel[] _levels; // One a step and one for the end.

    public DdimScheduler(SchedulerConfig config, int steps)
    {
        _config = config;
        double[] timesteps = Schedulers.Timesteps.Whole(config, config.TrainSteps, steps);
        Timesteps = timesteps;
        _levels = Levels(config, timesteps);
    }

    public override IReadOnlyList<double> Timesteps { get; }

    /// <summary>Signal and noise at each timestep, and at the end: none, or timestep 0's.</summary>
    public static NoiseLevel[] Levels(SchedulerConfig config, double[] timesteps)
    {
        NoiseSchedule schedule = NoiseSchedule.Of(config);
        return
        [
            .. timesteps.Select(timestep => NoiseLevel.OfAlpha(schedule.Alpha((int)timestep))),
            NoiseLevel.OfAlpha(config.SetAlphaToOne ? 1 : schedule.Alpha(0)),
        ];
    }

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        NoiseLevel next = _levels[step + 1];
        Weights picture = _levels[step].Picture(_config.Prediction);
        Weights spread = _levels[step].Noise(_config.Prediction);
        double range = _config.ClipRange > 0 ? _config.ClipRange : double.PositiveInfinity;
        for (int i = 0; i < latent.Length; i++)
        {
            double clean = Math.Clamp(picture.Of(latent[i], output[i]), -range, range);
            latent[i] = (float)((next.Signal * clean) + (next.Spread * spread.Of(latent[i], output[i])));
        }
    }
}
