namespace Engine.Pipeline.Deliver;

/// <summary>A share that a link carries, and how far it has read it. Guarded by the hub's gate.</summary>
/// <remarks>A new one each time a share is given to a link: a read that was under way when the share went away then
/// moves a reader that nobody asks any more.</remarks>
internal sealed class ShareReader(RankShare share, long readUpTo)
{
    public RankShare Share => share;

    public long ReadUpTo { get; set; } = readUpTo;
}
