namespace Engine.Store;

/// <summary>A shard that retention deleted.</summary>
/// <param name="Number">The shard's number.</param>
/// <param name="Bytes">Bytes of its file.</param>
/// <param name="FirstSequence">Its first sample.</param>
/// <param name="LastSequence">Its last sample.</param>
/// <param name="Cause">Which bound it was beyond: <c>size</c> or <c>age</c>.</param>
/// <param name="SettledSequence">Up to here every registered group had acknowledged all.</param>
public readonly record struct DeletedShard(
    int Number, long Bytes, long FirstSequence, long LastSequence, string Cause, long SettledSequence)
{
    /// <summary>Samples that went with it.</summary>
    public long Samples => LastSequence - FirstSequence + 1;

    /// <summary>Samples among them that a registered group had not acknowledged; above 0 only by policy.</summary>
    public long Unacknowledged => Math.Max(0, LastSequence - Math.Max(SettledSequence, FirstSequence - 1));

    /// <summary>One sentence for the operator.</summary>
    public override string ToString() => Unacknowledged > 0
        ? $"WARNING: retention by {Cause} deleted {ShardName.Of(Number)} with {Unacknowledged} samples that a "
            + $"registered group has not acknowledged (sequences {FirstSequence} to {LastSequence}, acknowledged up to "
            + $"{SettledSequence}); store.retention.on_unacknowledged is delete"
        : $"retention by {Cause} deleted {ShardName.Of(Number)}: sequences {FirstSequence} to {LastSequence}, "
            + $"{Bytes} bytes";
}
