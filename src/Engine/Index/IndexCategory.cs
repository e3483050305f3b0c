namespace Engine.Index;

/// <summary>A category of an index.</summary>
/// <param name="Id">The source's number.</param>
/// <param name="Name">The name, as prompts say it.</param>
/// <param name="Frequency">LVIS's group r, c or f; null where the source has none.</param>
/// <param name="First">Its first row.</param>
/// <param name="Count">Its rows, 1 or more; they follow each other.</param>
public sealed record IndexCategory(long Id, string Name, string? Frequency, int First, int Count)
{
    /// <summary>How real rows of the category score against each other; null where that was not computed.</summary>
    public CategoryCalibration? Calibration { get; init; }
}
