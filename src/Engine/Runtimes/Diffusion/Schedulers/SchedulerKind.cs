namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>How noise is taken off step by step.</summary>
public enum SchedulerKind
{
    /// <summary>The model's own: scheduler_config.json names it.</summary>
    Auto,

    /// <summary>DDIM; one call of the UNet a step, no added noise.</summary>
    Ddim,

    /// <summary>PNDM with linear multisteps (PLMS); one call more than steps.</summary>
    Pndm,

    /// <summary>Euler.</summary>
    Euler,

    /// <summary>Euler with fresh noise after each step.</summary>
    EulerAncestral,

    /// <summary>DPM-Solver++ of second order; good with 15 to 25 steps.</summary>
    DpmSolver,

    /// <summary>For latent consistency models; 1 to 8 steps.</summary>
    Lcm,
}
