namespace Engine.Index.Sources;

/// <summary>A picture of a source.</summary>
/// <param name="Id">The source's own number for it.</param>
/// <param name="Name">Its file below the source's folder, with slashes.</param>
/// <param name="Width">Width in px as the source says; 0 when it does not.</param>
/// <param name="Height">Height in px as the source says; 0 when it does not.</param>
public sealed record RealImage(long Id, string Name, int Width, int Height)
{
    /// <summary>Categories (LVIS) of which not every object is marked: an absence proves nothing.</summary>
    public IReadOnlyList<long> NotExhaustive { get; init; } = [];

    /// <summary>Categories (LVIS) that were looked for and are not in the picture.</summary>
    public IReadOnlyList<long> Negative { get; init; } = [];
}
