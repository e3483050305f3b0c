namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>The timesteps visited, from the noisiest on.</summary>
internal static class Timesteps
{
    /// <summary>Whole timesteps.</summary>
    /// <param name="config">Spacing and offset.</param>
    /// <param name="last">One more than the noisiest timestep that may be visited.</param>
    /// <param name="steps">How many.</param>
    /// <param name="besides">Timesteps that are spaced with the others and left out at the end without noise: 1 for
    /// DPM-Solver++, else 0.</param>
    public static double[] Whole(SchedulerConfig config, int last, int steps, int besides = 0) =>
    [
        .. Even(config, last, steps, besides).Select(timestep => Math.Round(timestep, MidpointRounding.ToEven)),
    ];

    /// <summary>Timesteps that linspace leaves between whole ones.</summary>
    public static double[] Even(SchedulerConfig config, int last, int steps, int besides = 0)
    {
        int spaced = steps + besides;
        double Timestep(int step) => config.Spacing switch
        {
            TimestepSpacing.Leading => ((long)(last / spaced) * (spaced - 1 - step)) + config.StepsOffset,
            TimestepSpacing.Trailing =>
                Math.Round(last - (step * ((double)last / steps)), MidpointRounding.ToEven) - 1,
            _ => spaced == 1 ? 0 : (last - 1) * (double)(spaced - 1 - step) / (spaced - 1),
        };
        return [.. Enumerable.Range(0, steps).Select(step => Math.Clamp(Timestep(step), 0, config.TrainSteps - 1))];
    }
}
