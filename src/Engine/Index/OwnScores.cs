namespace Engine.Index;

/// <summary>What is kept of the scores of a category's rows.</summary>
internal static class OwnScores
{
    /// <summary>Sums them up by picture.</summary>
    /// <param name="own">A score a row, with its picture.</param>
    /// <param name="other">The other categories' scores against this one.</param>
    public static CategoryCalibration Summary(
        IReadOnlyList<(int Picture, double Score)> own, in RunningScores other)
    {
        RunningScores pictures = default;
        foreach (IGrouping<int, (int Picture, double Score)> group in own.GroupBy(row => row.Picture))
        {
            pictures.Add(group.Average(row => row.Score));
        }

        double mean = pictures.Mean;
        double squares = own.Sum(row => (row.Score - mean) * (row.Score - mean));
        return new CategoryCalibration(
            mean, pictures.Count > 1 ? Math.Sqrt(squares / own.Count * pictures.Count / (pictures.Count - 1)) : 0,
            own.Count, other.Mean, other.Deviation)
        {
            OwnPictures = pictures.Count, PictureDeviation = pictures.Deviation,
        };
    }
}
