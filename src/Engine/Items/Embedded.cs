namespace Engine.Items;

/// <summary>An annotated picture with its embedding and the filters' scores.</summary>
/// <param name="Annotated">The picture and its mask.</param>
/// <param name="Embedding">[d] f32, L2 length 1; empty when no embedder is configured.</param>
/// <param name="Scores">The filters' scores by name; empty before the filter stage.</param>
public sealed record Embedded(
    Annotated Annotated, ReadOnlyMemory<float> Embedding, IReadOnlyDictionary<string, double> Scores)
{
    /// <summary>The nearest real pictures, or other categories, that filters found, by filter; empty where none
    /// looked.</summary>
    public IReadOnlyDictionary<string, string> Neighbours { get; init; } = new Dictionary<string, string>();

    /// <summary>What each score was compared with, by the score's name: the least that passes, or, of a score that
    /// must be low, the most.</summary>
    public IReadOnlyDictionary<string, double> Bounds { get; init; } = new Dictionary<string, double>();

    /// <summary>What the item weighs in a stage's byte account.</summary>
    public long Bytes => Annotated.Bytes + (4L * Embedding.Length) + 64;
}
