namespace Engine.Pipeline.Prompts;

/// <summary>Which tries of one prompt have ended: all below <paramref name="NextAttempt"/> but the holes.</summary>
/// <param name="NextAttempt">One more than the highest attempt that ended, 0 to 1,000,000.</param>
/// <param name="Holes">Attempts below it that have not ended, ascending; they were in flight at a stop.</param>
public readonly record struct EndedTries(int NextAttempt, IReadOnlyList<int> Holes);
