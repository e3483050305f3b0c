using Engine.Items;

namespace Engine.Runtimes.CopyPaste;

/// <summary>The accepted samples that objects are taken from. Safe from several threads.</summary>
public interface ISamplePool
{
    /// <summary>Lists samples.</summary>
    /// <param name="afterSequence">Samples after this one, from 0.</param>
    /// <param name="lastSequence">The last one listed.</param>
    /// <returns>In order of sequence; those that retention took are absent.</returns>
    IReadOnlyList<StoredSample> List(long afterSequence, long lastSequence);

    /// <summary>Reads a sample.</summary>
    /// <param name="stored">What <see cref="List"/> gave.</param>
    /// <param name="stopping">Ends the read.</param>
    /// <returns>The sample, owned by the caller; null when retention took it meanwhile.</returns>
    ValueTask<Sample?> ReadAsync(StoredSample stored, CancellationToken stopping);
}
