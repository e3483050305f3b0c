namespace Engine.Pipeline.Filter;

/// <summary>A category's calibrated threshold and what it was made of (docs/spec/index.md).</summary>
/// <param name="Pictures">Pictures of the category that were scored; 0: nothing is known of it alone.</param>
/// <param name="OwnMean">The mean score of these pictures; meaningless where there are none.</param>
/// <param name="Mean">The mean after it was drawn to that of all categories.</param>
/// <param name="Deviation">The standard deviation of the next picture's score around it.</param>
/// <param name="Z">The normal quantile of the share that may be rejected.</param>
/// <param name="Value">The least score that passes.</param>
public readonly record struct RealThreshold(
    int Pictures, double OwnMean, double Mean, double Deviation, double Z, double Value);
