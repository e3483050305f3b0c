namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>PLMS: the noise is foreseen from up to four outputs, so a step costs one call of the UNet.</summary>
/// <remarks>
/// <para>Source: Liu et al., "Pseudo Numerical Methods for Diffusion Models on Manifolds", ICLR 2022, with the
/// Adams-Bashforth weights of equation 12. Their transfer, equation 11, is DDIM's in other letters. To begin without
/// Runge-Kutta steps (skip_prk_steps) the first step is taken twice, the second time with the mean of the noise at its
/// two ends.</para>
/// <para>The weights apply to the noise, also where the UNet predicts velocities.</para>
/// </remarks>
internal sealed class PndmScheduler : Scheduler
{
    private const int OutputsKept = 4;

    private static readonly double[][] AdamsBashforth =
    [
        [1], [3 / 2.0, -1 / 2.0], [23 / 12.0, -16 / 12.0, 5 / 12.0], [55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0],
    ];

    private readonly PredictionType _prediction;
    private readonly NoiseLevel[] _levels; // One a timestep visited and one for the end.

    public PndmScheduler(SchedulerConfig config, int steps)
    {
        double[] visited = Schedulers.Timesteps.Whole(config, config.TrainSteps, steps);
        _prediction = config.Prediction;
        _levels = DdimScheduler.Levels(config, visited);
        Timesteps = steps > 1 ? [visited[0], visited[1], .. visited[1..]] : visited;
    }

    public override IReadOnlyList<double> Timesteps { get; }

    /// <summary>The outputs, and the latent that the first step began with.</summary>
    public override int HistoryLength => OutputsKept + 1;

    public override void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history)
    {
        if (step == 1)
        {
            StepAgain(output, latent, history);
            return;
        }

        if (step == 0)
        {
            latent.CopyTo(history.Next());
        }

        int at = Math.Max(0, step - 1);
        Weights spread = _levels[at].Noise(_prediction);
        Span<float> newest = history.Next();
        for (int i = 0; i < latent.Length; i++)
        {
            newest[i] = (float)spread.Of(latent[i], output[i]);
        }

        double[] weights = AdamsBashforth[Math.Clamp(step, 1, OutputsKept) - 1];
        for (int i = 0; i < latent.Length; i++)
        {
            double foreseen = 0;
            for (int turn = 0; turn < weights.Length; turn++)
            {
                foreseen += weights[turn] * history.Ago(turn)[i];
            }

            latent[i] = Transfer(at, latent[i], foreseen);
        }
    }

    /// <summary>The first step once more, from where it began: the output was made at its far end.</summary>
    private void StepAgain(ReadOnlySpan<float> output, Span<float> latent, StepHistory history)
    {
        Weights spread = _levels[1].Noise(_prediction);
        ReadOnlySpan<float> first = history.Ago(0);
        ReadOnlySpan<float> begun = history.Ago(1);
        for (int i = 0; i < latent.Length; i++)
        {
            latent[i] = Transfer(0, begun[i], (first[i] + spread.Of(latent[i], output[i])) / 2);
        }
    }

    /// <summary>From a timestep to the next, along a noise.</summary>
    private float Transfer(int at, float latent, double noise)
    {
        (NoiseLevel from, NoiseLevel to) = (_levels[at], _levels[at + 1]);
        return (float)((to.Signal * ((latent - (from.Spread * noise)) / from.Signal)) + (to.Spread * noise));
    }
}
