namespace Engine.Index.Sources;

/// <summary>Real objects with their pictures, read one picture after the other.</summary>
public interface IRealSource : IAsyncDisposable
{
    /// <summary>The categories, in the source's order.</summary>
    IReadOnlyList<RealCategory> Categories { get; }

    /// <summary>Instances to come at most; null when only reading tells.</summary>
    long? InstancesMax { get; }

    /// <summary>What was passed over so far, and why.</summary>
    SourceProblems Problems { get; }

    /// <summary>Reads all, grouped by picture. A second reading counts its problems again.</summary>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>Pictures that have at least one usable instance.</returns>
    /// <exception cref="InvalidDataException">The source as a whole cannot be read.</exception>
    IAsyncEnumerable<RealGroup> ReadAsync(CancellationToken stopping);
}
