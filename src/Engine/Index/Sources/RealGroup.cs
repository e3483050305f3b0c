namespace Engine.Index.Sources;

/// <summary>All objects of one picture together, so that it is decoded once for all of them.</summary>
/// <param name="Image">The picture.</param>
/// <param name="File">Its file; null when the source was told of no folder.</param>
/// <param name="Instances">Its objects in the source's order, at least one.</param>
public sealed record RealGroup(RealImage Image, string? File, IReadOnlyList<RealInstance> Instances);
