namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>How much noise each training step added.</summary>
internal enum BetaSchedule
{
    /// <summary>Beta runs evenly from start to end (Ho et al., 2020).</summary>
    Linear,

    /// <summary>Beta's square root does: latent diffusion (Rombach et al., 2022).</summary>
    ScaledLinear,

    /// <summary>The signal kept follows a squared cosine (Nichol and Dhariwal, 2021).</summary>
    SquaredCosine,
}
