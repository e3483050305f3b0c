namespace Kernels.Masks;

/// <summary>What a mask chain does between the logits and the mask; the same for all pictures of a call.</summary>
public sealed record MaskChainOptions
{
    /// <summary>A pixel is set where its interpolated logit is above this. Any number but NaN. Default 0.</summary>
    public float Threshold { get; init; }

    /// <summary>Whether the pixels that are not above the threshold are set instead. Default no.</summary>
    public bool Invert { get; init; }

    /// <summary>Radius in px of the disc that erodes the mask; below 0 it dilates. -254 to 254, default 0: neither.
    /// </summary>
    public int ErodePx { get; init; }

    /// <summary>Whether only the largest 8-connected part stays. Default yes.</summary>
    public bool LargestOnly { get; init; } = true;

    /// <summary>Whether holes, 4-connected background that does not reach the border, are set. Default yes.</summary>
    public bool FillHoles { get; init; } = true;

    /// <summary>Everything that is wrong with the values, as sentences.</summary>
    public IEnumerable<string> Problems()
    {
        if (float.IsNaN(Threshold))
        {
            yield return "Threshold is NaN; it must be a number.";
        }

        if (ErodePx is < -Morphology.RadiusMaxPx or > Morphology.RadiusMaxPx)
        {
            int most = Morphology.RadiusMaxPx;
            yield return $"ErodePx is {ErodePx}; it must be from {-most} to {most} px.";
        }
    }
}
