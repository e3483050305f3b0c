namespace Host.Transport;

/// <summary>Who a client is and where it wants to go on.</summary>
public sealed record HelloFrame
{
    /// <summary>The client's version of the protocol.</summary>
    public int Version { get; init; } = WireLimits.Version;

    /// <summary>The shared secret; null when the server asks for none.</summary>
    public string? Token { get; init; }

    /// <summary>The consumer group's name.</summary>
    public required string Group { get; init; }

    /// <summary>From 0 and below <see cref="World"/>.</summary>
    public int Rank { get; init; }

    /// <summary>Ranks that share the group's samples.</summary>
    public int World { get; init; } = 1;

    /// <summary>Go on after this position; null for where the server thinks the rank is.</summary>
    public long? Cursor { get; init; }

    /// <summary>The stream that the cursor belongs to; null when the client does not know.</summary>
    public string? StreamId { get; init; }

    /// <summary>Samples that may be sent at once.</summary>
    public required int CreditFrames { get; init; }

    /// <summary>Bytes of frames that may be sent at once.</summary>
    public required long CreditBytes { get; init; }

    /// <summary>Samples in a block of the group's shuffled order; 0 for the order of sequences.</summary>
    public int ShuffleWindow { get; init; }

    /// <summary>The seed of that order, from 0.</summary>
    public long ShuffleSeed { get; init; }
}
