namespace Engine.Flow;

/// <summary>What a stage holds and has counted at one moment.</summary>
/// <remarks>Law: <c>Received = Sent + Dropped + Faulted + InFlightItems</c>; after the line ended InFlightItems is 0.
/// </remarks>
public sealed record StageSnapshot
{
    /// <summary>The stage's name.</summary>
    public required string Name { get; init; }

    /// <summary>Items let in since the start.</summary>
    public required long Received { get; init; }

    /// <summary>Items the next stage has taken.</summary>
    public required long Sent { get; init; }

    /// <summary>Items dropped with a reason.</summary>
    public required long Dropped { get; init; }

    /// <summary>Items lost to a throw or a stop of the line.</summary>
    public required long Faulted { get; init; }

    /// <summary>Drops by reason.</summary>
    public required IReadOnlyDictionary<string, long> DroppedByReason { get; init; }

    /// <summary>Items held now: waiting, in work, or done but not taken.</summary>
    public required int InFlightItems { get; init; }

    /// <summary>Bytes held now, by the items' own weight.</summary>
    public required long InFlightBytes { get; init; }

    /// <summary>The stage's bounds.</summary>
    public required StageOptions Options { get; init; }

    /// <summary>Time spent in the step since the start, summed over workers.</summary>
    public required TimeSpan Busy { get; init; }

    /// <summary>Time for which a finished item waited for room in the next stage.</summary>
    public required TimeSpan Blocked { get; init; }
}
