namespace Engine.Index.Sources;

/// <summary>A category of real pictures.</summary>
/// <param name="Id">The source's own number for it.</param>
/// <param name="Name">Its name as the source writes it.</param>
/// <param name="Frequency">LVIS's group: f (in over 100 pictures), c (11 to 100) or r (1 to 10); null without one.
/// </param>
/// <param name="Instances">Instances that name it, crowds and faulty ones included; null when only reading tells.
/// </param>
public sealed record RealCategory(long Id, string Name, string? Frequency, long? Instances);
