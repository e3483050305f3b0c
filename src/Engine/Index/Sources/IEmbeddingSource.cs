namespace Engine.Index.Sources;

/// <summary>Embeddings that exist already, read one after the other.</summary>
public interface IEmbeddingSource : IAsyncDisposable
{
    /// <summary>Rows to come at most; null when only reading tells.</summary>
    long? RowsMax { get; }

    /// <summary>What was passed over so far, and why.</summary>
    SourceProblems Problems { get; }

    /// <summary>Reads all, once.</summary>
    /// <param name="stopping">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The source as a whole cannot be read.</exception>
    IAsyncEnumerable<RealEmbedding> ReadAsync(CancellationToken stopping);
}
