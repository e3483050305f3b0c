namespace Engine.Pipeline.Filter;

/// <summary>Says which real pictures are nearest.</summary>
internal static class NearestLines
{
    /// <summary>Pictures that an explanation names.</summary>
    public const int Shown = 5;

    /// <summary>A line a picture.</summary>
    /// <param name="nearest">The nearest first.</param>
    public static IEnumerable<string> Of(IReadOnlyList<RealNeighbour> nearest) => nearest.Count == 0
        ? ["no real picture to compare with"]
        : nearest.Select(one => $"near {one.Cosine:F4} {one.Id}");
}
