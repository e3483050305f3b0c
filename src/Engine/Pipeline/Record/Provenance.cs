namespace Engine.Pipeline.Record;

/// <summary>What is the same for every sample of one run and stands in each sample's JSON.</summary>
public sealed record Provenance
{
    /// <summary>Names the run; free text.</summary>
    public required string RunId { get; init; }

    /// <summary>The run's seed, from which prompts without one of their own derive theirs.</summary>
    public required ulong RunSeed { get; init; }

    /// <summary>The software and its version, such as <c>headwater 0.1.0</c>.</summary>
    public required string Software { get; init; }

    /// <summary>The embedder's configured name; null when none is configured.</summary>
    public string? Embedder { get; init; }

    /// <summary>Names model and treatment of the embeddings that are kept with the samples, so that only those of one
    /// name are compared; null keeps none.</summary>
    public string? EmbeddingRevision { get; init; }
}
