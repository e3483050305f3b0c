namespace Engine.Pipeline.Deliver;

/// <summary>What becomes of the line when a registered group has nobody connected any more.</summary>
public enum StoppedGroupPolicy
{
    /// <summary>The line waits for it as for any other, until it comes back or is removed.</summary>
    Block,

    /// <summary>The line stops waiting for it after <see cref="DeliverOptions.IdleTimeout"/>; no sample is lost.
    /// </summary>
    Detach,
}
