namespace Engine.Pipeline.Deliver;

/// <summary>What becomes of a rank's share when it is dead: not connected for a lease, while others of its group are.
/// </summary>
public enum DeadRankPolicy
{
    /// <summary>It waits for its rank; the group's window stands still, which is said and counted.</summary>
    Block,

    /// <summary>Connected ranks receive it until its rank is back.</summary>
    Reassign,
}
