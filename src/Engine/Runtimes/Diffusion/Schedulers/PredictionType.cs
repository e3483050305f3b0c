namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>What the UNet's output is.</summary>
public enum PredictionType
{
    /// <summary>The noise.</summary>
    Epsilon,

    /// <summary>The velocity, signal * noise - spread * picture (Salimans and Ho, 2022).</summary>
    Velocity,

    /// <summary>The picture itself.</summary>
    Sample,
}
