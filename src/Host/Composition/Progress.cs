using Engine.Flow;

namespace Host.Composition;

/// <summary>Tells whether the line moves: a health answer that only says the process lives would lie.</summary>
internal sealed class Progress(Line line, TimeSpan limit, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _counted; // Guarded by _gate.
    private long _movedAt = clock.GetTimestamp(); // Guarded by _gate.

    /// <summary>Null while the line moves or has nothing to do; else since when it stands still, and where.</summary>
    /// <param name="waitsForConsumers">Whether a consumer group holds the line: then it stands still by design.</param>
    public string? Problem(bool waitsForConsumers)
    {
        IReadOnlyList<StageSnapshot> stages = line.Snapshot();
        long counted = stages.Sum(stage => stage.Received + stage.Sent + stage.Dropped);
        bool idle = stages.All(stage => stage.InFlightItems == 0);
        lock (_gate)
        {
            if (counted != _counted || idle || waitsForConsumers)
            {
                (_counted, _movedAt) = (counted, clock.GetTimestamp());
                return null;
            }

            TimeSpan still = clock.GetElapsedTime(_movedAt);
            return still < limit
                ? null
                : $"nothing moved for {still.TotalSeconds:F0} s; "
                    + $"stage {stages.Last(stage => stage.InFlightItems > 0).Name} holds work";
        }
    }
}
