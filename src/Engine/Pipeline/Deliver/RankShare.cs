namespace Engine.Pipeline.Deliver;

/// <summary>What one rank of a group receives: every sample whose position modulo the world is the rank.</summary>
/// <param name="Rank">From 0 and below <paramref name="World"/>.</param>
/// <param name="World">Ranks that share the samples, at least 1.</param>
/// <remarks>
/// Shares of one world are disjoint, together complete, and differ by one sample at most at any moment, because
/// positions have no gaps.
/// </remarks>
public readonly record struct RankShare(int Rank, int World)
{
    /// <summary>Whether a position is of this share.</summary>
    /// <param name="position">The position, from 1.</param>
    /// <returns>True when it is.</returns>
    public bool Has(long position) => position % World == Rank;

    /// <summary>The first sample of this share after a cursor.</summary>
    /// <param name="cursor">Any position of any share, from 0.</param>
    /// <returns>A position of this share, above <paramref name="cursor"/> by 1 to the world.</returns>
    public long NextAfter(long cursor)
    {
        long next = cursor + 1;
        return next + ((Rank - (next % World) + World) % World);
    }

    /// <summary>How far the share is settled, counted in everybody's positions.</summary>
    /// <param name="cursor">The rank's cursor.</param>
    /// <returns>The last position before the share's next one: a rank that has all of its own is not behind.</returns>
    public long SettledUpTo(long cursor) => NextAfter(cursor) - 1;

    /// <summary>Counts the share's samples between two positions.</summary>
    /// <param name="after">Not counted.</param>
    /// <param name="last">Counted, when it is of this share.</param>
    /// <returns>A number of samples, from 0.</returns>
    public long CountBetween(long after, long last)
    {
        long first = NextAfter(after);
        return first > last ? 0 : ((last - first) / World) + 1;
    }
}
