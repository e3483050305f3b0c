namespace Engine.Store;

/// <summary>What retention does with a shard whose samples a registered consumer group has not acknowledged.</summary>
public enum UnacknowledgedPolicy
{
    /// <summary>It stays. When the size is used up, intake waits until the groups have acknowledged more.</summary>
    Keep,

    /// <summary>It goes: the group never receives these samples, and the daemon says so each time.</summary>
    Delete,
}
