namespace Engine.Index;

/// <summary>A category's threshold and what it was made of.</summary>
/// <param name="Pictures">P, pictures of the category that were scored; 0: nothing is known of it alone.</param>
/// <param name="OwnMean">The mean score of these pictures; meaningless where there are none.</param>
/// <param name="Mean">The mean after it was drawn to that of all categories.</param>
/// <param name="Deviation">The standard deviation of the next picture's score around it.</param>
/// <param name="Z">The normal quantile of the share.</param>
public readonly record struct CalibratedThreshold(int Pictures, double OwnMean, double Mean, double Deviation, double Z)
{
    /// <summary>The least score that passes.</summary>
    public double Value => Mean + (Z * Deviation);
}
