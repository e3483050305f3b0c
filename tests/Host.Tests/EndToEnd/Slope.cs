namespace Host.Tests.EndToEnd;

/// <summary>The line through points by least squares.</summary>
internal static class Slope
{
    /// <summary>By how much y grows when x grows by 1.</summary>
    /// <param name="points">Two or more, not all of one x.</param>
    public static double Of(IReadOnlyCollection<(double X, double Y)> points)
    {
        double x = points.Average(point => point.X);
        double y = points.Average(point => point.Y);
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
