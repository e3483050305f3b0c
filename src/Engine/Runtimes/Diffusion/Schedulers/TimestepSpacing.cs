namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Which of the training's timesteps are visited (Lin et al., "Common Diffusion Noise Schedules and Sample
/// Steps are Flawed", 2024, table 2).</summary>
public enum TimestepSpacing
{
    /// <summary>Equal whole strides counted from 0, plus steps_offset; the noisiest timestep is left out.</summary>
    Leading,

    /// <summary>Equal strides counted down from the noisiest timestep.</summary>
    Trailing,

    /// <summary>Evenly spread from 0 to the noisiest timestep, both included.</summary>
    Linspace,
}
