namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>A plan of steps from noise to a picture. It holds nothing of a picture, so one serves all.</summary>
/// <remarks>For each step i the UNet sees the latent times <see cref="InputScale"/> at <see cref="Timesteps"/>[i],
/// and <see cref="Step"/> takes its output. Weights are f64, latents f32.</remarks>
internal abstract class Scheduler
{
    /// <summary>Timestep of each call of the UNet; may lie between whole ones.</summary>
    public abstract IReadOnlyList<double> Timesteps { get; }

    /// <summary>Standard deviation of the noise to begin with.</summary>
    public virtual double InitSigma => 1;

    /// <summary>Outputs that <see cref="StepHistory"/> must keep.</summary>
    public virtual int HistoryLength => 0;

    /// <summary>What the latent is multiplied by before the UNet sees it.</summary>
    public virtual double InputScale(int step) => 1;

    /// <summary>Whether a step adds noise.</summary>
    public virtual bool NeedsNoise(int step) => false;

    /// <summary>A history for one picture.</summary>
    public StepHistory NewHistory(int length) => new(length, HistoryLength);

    /// <summary>Takes one step of one picture.</summary>
    /// <param name="step">0 for the first, each once and in order.</param>
    /// <param name="output">[n] f32, the UNet's output for the scaled latent.</param>
    /// <param name="latent">[n] f32, not scaled; replaced by the next.</param>
    /// <param name="noise">[n] f32 of mean 0 and deviation 1 where <see cref="NeedsNoise"/>, else empty.</param>
    /// <param name="history">The picture's own.</param>
    public abstract void Step(
        int step, ReadOnlySpan<float> output, Span<float> latent, ReadOnlySpan<float> noise, StepHistory history);
}
