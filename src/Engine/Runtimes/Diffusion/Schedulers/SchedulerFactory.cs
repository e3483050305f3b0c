using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Makes the scheduler of a kind for a number of steps.</summary>
internal static class SchedulerFactory
{
    /// <summary>Makes it.</summary>
    /// <exception cref="ModelException">WrongRole: more steps than the scheduler has timesteps.</exception>
    public static Scheduler Make(SchedulerKind kind, SchedulerConfig config, int steps)
    {
        int most = kind switch
        {
            SchedulerKind.Lcm => config.OriginalSteps,
            SchedulerKind.DpmSolver => config.TrainSteps - 1, // One timestep more is spaced than visited.
            _ => config.TrainSteps,
        };
        if (steps < 1 || steps > most)
        {
            throw new ModelException(
                ModelFault.WrongRole, $"Steps is {steps}; the scheduler {kind} of this model takes 1 to {most}.");
        }

        return kind switch
        {
            SchedulerKind.Ddim => new DdimScheduler(config, steps),
            SchedulerKind.Pndm => new PndmScheduler(config, steps),
            SchedulerKind.Euler => new EulerScheduler(config, steps),
            SchedulerKind.EulerAncestral => new EulerAncestralScheduler(config, steps),
            SchedulerKind.DpmSolver => new DpmSolverScheduler(config, steps),
            SchedulerKind.Lcm => new LcmScheduler(config, steps),
            _ => throw new ArgumentException($"Scheduler is {kind}; it must be one that makes steps."),
        };
    }
}
