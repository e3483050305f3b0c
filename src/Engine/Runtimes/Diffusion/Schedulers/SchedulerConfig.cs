namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>What a scheduler_config.json says, checked, with the class's own values where it says nothing.</summary>
internal sealed record SchedulerConfig
{
    /// <summary>Timesteps of the training, 2 to 100,000.</summary>
    public int TrainSteps { get; init; } = 1000;

    public double BetaStart { get; init; } = 0.0001;

    public double BetaEnd { get; init; } = 0.02;

    public BetaSchedule BetaSchedule { get; init; }

    /// <summary>A beta a training step; null when start, end and schedule say them.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>The last training step is pure noise (Lin et al., 2024).</summary>
    public bool ZeroTerminalSnr { get; init; }

    public PredictionType Prediction { get; init; }

    public TimestepSpacing Spacing { get; init; }

    /// <summary>Added to leading timesteps.</summary>
    public int StepsOffset { get; init; }

    /// <summary>DDIM, PNDM, LCM: what lies before timestep 0 has no noise, instead of timestep 0's.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>DDIM and LCM: the predicted picture is held to plus and minus this; 0 when it is not.</summary>
    public double ClipRange { get; init; }

    /// <summary>Euler and DPM-Solver++: noise levels as Karras et al. space them.</summary>
    public bool Karras { get; init; }

    /// <summary>Euler and DPM-Solver++: the last step ends at timestep 0's noise, not at none.</summary>
    public bool EndsAtLeastNoise { get; init; }

    /// <summary>DPM-Solver++: 1 or 2.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary>DPM-Solver++: the second-order term by Heun's rule instead of the midpoint's.</summary>
    public bool HeunSolver { get; init; }

    /// <summary>DPM-Solver++: the last of fewer than 15 steps is of first order.</summary>
    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>DPM-Solver++: the last step is of first order, however many there are.</summary>
    public bool EulerAtFinal { get; init; }

    /// <summary>DPM-Solver++: timesteps whose log signal-to-noise ratio is below it are left out.</summary>
    public double LambdaMin { get; init; } = double.NegativeInfinity;

    /// <summary>LCM: the timesteps it was distilled on.</summary>
    public int OriginalSteps { get; init; } = 50;

    /// <summary>LCM: what a timestep is multiplied by in the boundary condition.</summary>
    public double TimestepScaling { get; init; } = 10;
}
