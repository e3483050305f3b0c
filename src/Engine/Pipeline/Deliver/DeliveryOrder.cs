namespace Engine.Pipeline.Deliver;

/// <summary>In which order a group receives the samples. Numbers in that order are positions, from 1 without gaps.
/// </summary>
/// <remarks>
/// <para>Sequences are cut into blocks of <see cref="Window"/>, counted from the last boundary: a sequence after which
/// a block ends early. Each block is permuted within itself, so the block that holds position p holds sequence p as
/// well, and a block can be delivered once it is whole. docs/spec/wire.md specifies the permutation.</para>
/// <para>Boundaries, here and below: sequences, ascending.</para>
/// </remarks>
/// <param name="Window">Samples in a block; 0 for the order of sequences. 0 to <see cref="WindowMax"/>.</param>
/// <param name="Seed">Seeds the permutations; from 0. Means nothing, and is 0, without a window.</param>
public readonly record struct DeliveryOrder(int Window, long Seed)
{
    /// <summary>Longest window in samples: a link's share of one permutation stays small, and so does the delay.
    /// </summary>
    public const int WindowMax = 65_536;

    /// <summary>The order of sequences: each position is its sequence.</summary>
    public static DeliveryOrder Plain => default;

    /// <summary>The last position before the block that holds a position.</summary>
    /// <param name="position">Any position, from 1.</param>
    /// <param name="boundaries">Where blocks end early.</param>
    /// <returns>A position below <paramref name="position"/>, from 0; the one before it without a window.</returns>
    public long StartOf(long position, IReadOnlyList<long> boundaries)
    {
        if (Window == 0)
        {
            return position - 1;
        }

        long from = Below(position, boundaries);
        return from + ((position - 1 - from) / Window * Window);
    }

    /// <summary>The last position of the block that holds a position, as far as boundaries are known.</summary>
    /// <param name="position">Any position, from 1.</param>
    /// <param name="boundaries">Where blocks end early.</param>
    /// <returns>At least <paramref name="position"/>; every position of the block may be delivered once the sequence
    /// of this number is stored.</returns>
    public long EndOf(long position, IReadOnlyList<long> boundaries)
    {
        if (Window == 0)
        {
            return position;
        }

        long end = StartOf(position, boundaries) + Window;
        foreach (long boundary in boundaries)
        {
            if (boundary >= position)
            {
                return Math.Min(end, boundary);
            }
        }

        return end;
    }

    /// <summary>The last position that may be delivered.</summary>
    /// <param name="lastSequence">The newest sample's sequence; no boundary lies beyond it.</param>
    /// <param name="boundaries">Where blocks end early.</param>
    /// <returns>The end of the last whole block; 0 when there is none.</returns>
    public long CompleteUpTo(long lastSequence, IReadOnlyList<long> boundaries)
    {
        if (Window == 0)
        {
            return lastSequence;
        }

        long from = Below(lastSequence + 1, boundaries);
        return from + ((lastSequence - from) / Window * Window);
    }

    /// <summary>Where to start in this order when, in another, everything up to a position was settled.</summary>
    /// <param name="before">The other order.</param>
    /// <param name="settledUpTo">Every position of it up to here was settled.</param>
    /// <param name="boundaries">Where blocks end early.</param>
    /// <returns>A position, from 0: every sample up to it was settled, so nothing is missed after it.</returns>
    public long ResumeAfter(DeliveryOrder before, long settledUpTo, IReadOnlyList<long> boundaries)
    {
        if (before == this)
        {
            return settledUpTo;
        }

        // Of a block that is settled in part, any sample may be missing: only those before it are surely settled.
        long settled = before.StartOf(settledUpTo + 1, boundaries);
        return StartOf(settled + 1, boundaries);
    }

    private static long Below(long position, IReadOnlyList<long> boundaries)
    {
        for (int at = boundaries.Count - 1; at >= 0; at--)
        {
            if (boundaries[at] < position)
            {
                return boundaries[at];
            }
        }

        return 0;
    }
}
