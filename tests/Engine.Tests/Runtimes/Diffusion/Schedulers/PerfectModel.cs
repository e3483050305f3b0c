using Engine.Runtimes.Diffusion.Schedulers;

namespace Engine.Tests.Runtimes.Diffusion.Schedulers;

/// <summary>A UNet that knows the picture: it splits what it sees exactly, in any of the three predictions.</summary>
internal sealed class PerfectModel(SchedulerConfig config, float[] picture)
{
    private readonly double[] _sigmas = NoiseSchedule.Of(config).Sigmas;

    /// <summary>The noise seen in the last call.</summary>
    public double[] Noise { get; private set; } = [];

    public float[] Run(float[] latent, double scale, double timestep)
    {
        NoiseLevel level = NoiseLevel.OfSigma(Interpolation.At(_sigmas, timestep));
        Noise = [.. latent.Select((value, i) => ((value * scale) - (level.Signal * picture[i])) / level.Spread)];
        return [.. Noise.Select((noise, i) => (float)(config.Prediction switch
        {
            PredictionType.Epsilon => noise,
            PredictionType.Velocity => (level.Signal * noise) - (level.Spread * picture[i]),
            _ => picture[i],
        }))];
    }

    /// <summary>Takes all steps from a latent.</summary>
    /// <returns>The last latent, and the noise the model saw in each call.</returns>
    public (float[] Latent, List<double[]> Seen) Walk(Scheduler scheduler, float[] latent)
    {
        StepHistory history = scheduler.NewHistory(latent.Length);
        List<double[]> seen = [];
        for (int step = 0; step < scheduler.Timesteps.Count; step++)
        {
            float[] output = Run(latent, scheduler.InputScale(step), scheduler.Timesteps[step]);
            seen.Add(Noise);
            scheduler.Step(step, output, latent, scheduler.NeedsNoise(step) ? new float[latent.Length] : [], history);
        }

        return (latent, seen);
    }
}
