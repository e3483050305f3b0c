namespace Engine.Pipeline.Filter;

/// <summary>A real picture near to a point.</summary>
/// <param name="Id">The picture's id in the index.</param>
/// <param name="Cosine">How near, -1 to 1.</param>
public readonly record struct RealNeighbour(string Id, double Cosine);
