using Engine.Items;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.CopyPaste;

/// <summary>The newest samples of a moment, by category. Safe from several threads.</summary>
/// <remarks>Whole chunks of the log never change, so they are kept: about 150 bytes a sample of the window.</remarks>
/// <param name="pool">The samples.</param>
/// <param name="samplesMax">How many the window holds.</param>
internal sealed class PoolWindow(ISamplePool pool, int samplesMax)
{
    private const int ChunkSamples = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, IReadOnlyList<StoredSample>> _chunks = []; // Guarded by _gate.

    /// <summary>The window that ends at a sequence: a list a category, categories by name, ordinal.</summary>
    public IReadOnlyList<IReadOnlyList<StoredSample>> At(long lastSequence)
    {
        long after = Math.Max(0, lastSequence - samplesMax);
        SortedDictionary<string, List<StoredSample>> byCategory = new(StringComparer.Ordinal);
        for (long chunk = after / ChunkSamples; chunk * ChunkSamples < lastSequence; chunk++)
        {
            foreach (StoredSample one in Chunk(chunk, lastSequence))
            {
                if (one.Sequence > after && one.Sequence <= lastSequence)
                {
                    (byCategory.TryGetValue(one.Category, out List<StoredSample>? of)
                        ? of
                        : byCategory[one.Category] = []).Add(one);
                }
            }
        }

        return [.. byCategory.Values];
    }

    /// <summary>Draws a category evenly, then a sample of it.</summary>
    public static StoredSample Draw(IReadOnlyList<IReadOnlyList<StoredSample>> window, ref SeededRandom random)
    {
        IReadOnlyList<StoredSample> category = window[random.Below(window.Count)];
        return category[random.Below(category.Count)];
    }

    private IReadOnlyList<StoredSample> Chunk(long chunk, long lastSequence)
    {
        (long after, long last) = (chunk * ChunkSamples, (chunk + 1) * ChunkSamples);
        if (last > lastSequence)
        {
            return pool.List(after, lastSequence); // Still growing, or soon to be asked for again as a whole.
        }

        lock (_gate)
        {
            if (!_chunks.TryGetValue(chunk, out IReadOnlyList<StoredSample>? kept))
            {
                kept = pool.List(after, last);
                if (_chunks.Count > (samplesMax / ChunkSamples) + 2)
                {
                    _chunks.Remove(_chunks.Keys.Min());
                }

                _chunks[chunk] = kept;
            }

            return kept;
        }
    }
}
