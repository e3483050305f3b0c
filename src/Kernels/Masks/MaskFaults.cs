namespace Kernels.Masks;

/// <summary>What is wrong with a picture's logits.</summary>
[Flags]
public enum MaskFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A logit is NaN or infinite: the mask is left empty.</summary>
    NotFinite = 1,
}
