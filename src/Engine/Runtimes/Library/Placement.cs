namespace Engine.Runtimes.Library;

/// <summary>Where the object's centre lies in the source and in the picture, and the turn and scale between
/// them.</summary>
/// <param name="FromX">Centre in the source, px.</param>
/// <param name="FromY">Centre in the source, px.</param>
/// <param name="ToX">Centre in the picture, px.</param>
/// <param name="ToY">Centre in the picture, px.</param>
/// <param name="Cos">Cosine of the turn over the scale.</param>
/// <param name="Sin">Sine of the turn over the scale.</param>
internal readonly record struct Placement(
    double FromX, double FromY, double ToX, double ToY, double Cos, double Sin)
{
    /// <summary>The point of the source that is seen at a point of the picture.</summary>
    public (double X, double Y) SourceOf(double x, double y)
    {
        (double dx, double dy) = (x - ToX, y - ToY);
        return (FromX + (Cos * dx) + (Sin * dy), FromY - (Sin * dx) + (Cos * dy));
    }
}
