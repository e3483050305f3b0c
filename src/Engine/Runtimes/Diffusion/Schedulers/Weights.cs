namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>A sum of the latent and the UNet's output.</summary>
/// <param name="OfLatent">What the latent is multiplied by.</param>
/// <param name="OfOutput">What the output is multiplied by.</param>
internal readonly record struct Weights(double OfLatent, double OfOutput)
{
    public double Of(float latent, float output) => (OfLatent * latent) + (OfOutput * output);
}
