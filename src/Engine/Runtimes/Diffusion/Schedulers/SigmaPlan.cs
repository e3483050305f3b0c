namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Timesteps with the noise over signal at each, for schedulers that reckon in sigma.</summary>
/// <param name="Timesteps">One a step.</param>
/// <param name="Sigmas">One a step, falling, and one for the end.</param>
internal sealed record SigmaPlan(double[] Timesteps, double[] Sigmas)
{
    private const double Rho = 7;

    /// <summary>Euler's: sigma between timesteps by interpolation; Karras' levels span those of the timesteps.
    /// </summary>
    public static SigmaPlan ForEuler(SchedulerConfig config, int steps)
    {
        NoiseSchedule schedule = NoiseSchedule.Of(config);
        double[] timesteps = config.Spacing == TimestepSpacing.Linspace
            ? Schedulers.Timesteps.Even(config, config.TrainSteps, steps)
            : Schedulers.Timesteps.Whole(config, config.TrainSteps, steps);
        double[] sigmas =
        [
            .. timesteps.Select(timestep => Interpolation.At(schedule.Sigmas, timestep)),
        ];
        if (config.Karras)
        {
            double[] logs = [.. schedule.Sigmas.Select(sigma => Math.Log(sigma))];
            sigmas = Karras(sigmas[0], sigmas[^1], steps);
            timesteps = [.. sigmas.Select(sigma => Interpolation.IndexOf(logs, Math.Log(sigma)))];
        }

        return new SigmaPlan(timesteps, [.. sigmas, End(config, schedule)]);
    }

    /// <summary>DPM-Solver++'s: whole timesteps; Karras' levels span the training's.</summary>
    public static SigmaPlan ForDpmSolver(SchedulerConfig config, int steps)
    {
        NoiseSchedule schedule = NoiseSchedule.Of(config);

        // The log signal-to-noise ratio lambda is -log sigma; it falls as the timestep rises.
        int last = schedule.Sigmas.Count(sigma => -Math.Log(sigma) >= config.LambdaMin);
        double[] timesteps = Schedulers.Timesteps.Whole(config, last, steps, besides: 1);
        double[] sigmas = [.. timesteps.Select(timestep => schedule.Sigmas[(int)timestep])];
        if (config.Karras)
        {
            double[] logs = [.. schedule.Sigmas.Select(sigma => Math.Log(sigma))];
            sigmas = Karras(schedule.Sigmas[^1], schedule.Sigmas[0], steps);
            timesteps =
            [
                .. sigmas.Select(sigma =>
                    Math.Round(Interpolation.IndexOf(logs, Math.Log(sigma)), MidpointRounding.ToEven)),
            ];
        }

        return new SigmaPlan(timesteps, [.. sigmas, End(config, schedule)]);
    }

    /// <summary>Evenly spread in sigma^(1/7). Source: Karras et al., "Elucidating the Design Space of Diffusion-Based
    /// Generative Models", NeurIPS 2022, equation 5.</summary>
    private static double[] Karras(double most, double least, int steps)
    {
        (double first, double last) = (Math.Pow(most, 1 / Rho), Math.Pow(least, 1 / Rho));
        double Sigma(int step) => steps == 1 ? most : Math.Pow(first + ((last - first) * step / (steps - 1)), Rho);
        return [.. Enumerable.Range(0, steps).Select(Sigma)];
    }

    private static double End(SchedulerConfig config, NoiseSchedule schedule) =>
        config.EndsAtLeastNoise ? schedule.Sigmas[0] : 0;
}
