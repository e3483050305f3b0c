namespace Engine.Index;

/// <summary>How real rows score: against the other rows of their category, each left out in turn, and against this
/// category when they are of another.</summary>
/// <param name="OwnMean">Mean of the mean cosines of a category's rows to its other rows; NaN is never written: a
/// category of one row has a count of 0.</param>
/// <param name="OwnDeviation">Standard deviation of them, with the divisor n - 1.</param>
/// <param name="OwnCount">How many there are: 0 for a category of one row.</param>
/// <param name="OtherMean">Mean of the mean cosines of other categories' rows to this one.</param>
/// <param name="OtherDeviation">Standard deviation of them.</param>
public sealed record CategoryCalibration(
    double OwnMean, double OwnDeviation, int OwnCount, double OtherMean, double OtherDeviation);
