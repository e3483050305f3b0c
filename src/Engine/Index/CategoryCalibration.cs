namespace Engine.Index;

/// <summary>How real rows score: against the rows of their category in other pictures, and against this category when
/// they are of another.</summary>
/// <param name="OwnMean">Mean over the pictures of the mean score of a picture's rows; a row's score is its mean cosine
/// to the category's rows of all other pictures. 0 where no row was scored; NaN is never written.</param>
/// <param name="OwnDeviation">Standard deviation of the rows' scores around it, with the divisor n (P - 1) / P.</param>
/// <param name="OwnCount">n, rows scored: 0 for a category that is in one picture only.</param>
/// <param name="OtherMean">Mean of the mean cosines of other categories' rows to this one.</param>
/// <param name="OtherDeviation">Standard deviation of them.</param>
public sealed record CategoryCalibration(
    double OwnMean, double OwnDeviation, int OwnCount, double OtherMean, double OtherDeviation)
{
    /// <summary>P, pictures that the scored rows are of. Rows of one picture say less than rows of many: they share
    /// scene, light and camera. 0 with rows above 0: an older program calibrated, row by row.</summary>
    public int OwnPictures { get; init; }

    /// <summary>Standard deviation of the pictures' mean scores around <see cref="OwnMean"/>, with the divisor P - 1.
    /// </summary>
    public double PictureDeviation { get; init; }
}
