namespace Engine.Pipeline.Deliver;

/// <summary>One registered group: a cursor a rank, and who is connected. Guarded by the hub's gate.</summary>
internal sealed class ConsumerGroup
{
    private readonly long[] _cursors;
    private readonly RankLink?[] _links;

    public ConsumerGroup(string name, int world, long cursor, long idleSince)
    {
        (Name, World, IdleSince) = (name, world, idleSince);
        _cursors = new long[world];
        _links = new RankLink?[world];
        Array.Fill(_cursors, cursor);
    }

    public string Name { get; }

    public int World { get; }

    public int Links { get; private set; }

    /// <summary>The clock's time stamp since which nobody is connected; means nothing while somebody is.</summary>
    public long IdleSince { get; private set; }

    /// <summary>Whether the line has stopped waiting for this group.</summary>
    public bool IsDetached { get; set; }

    /// <summary>Time for which samples waited because of this group.</summary>
    public TimeSpan Blocked { get; set; }

    /// <summary>Every sample up to here is settled by every rank.</summary>
    public long SettledUpTo => Enumerable.Range(0, World).Min(rank => Share(rank).SettledUpTo(_cursors[rank]));

    public long Cursor(int rank) => _cursors[rank];

    public void SetCursor(int rank, long cursor) => _cursors[rank] = cursor;

    public RankLink? Link(int rank) => _links[rank];

    public IEnumerable<RankLink> AllLinks() => _links.OfType<RankLink>();

    /// <summary>Gives the rank to a link.</summary>
    /// <returns>The link that had it, or null.</returns>
    public RankLink? Attach(int rank, RankLink link)
    {
        RankLink? before = _links[rank];
        _links[rank] = link;
        Links += before is null ? 1 : 0;
        return before;
    }

    /// <summary>Frees the rank when the link still has it.</summary>
    /// <returns>Whether it had it.</returns>
    public bool Detach(int rank, RankLink link, long now)
    {
        if (!ReferenceEquals(_links[rank], link))
        {
            return false;
        }

        _links[rank] = null;
        Links--;
        IdleSince = now;
        return true;
    }

    public IEnumerable<RankCursor> Cursors() =>
        Enumerable.Range(0, World).Select(rank => new RankCursor(Name, Share(rank), _cursors[rank]));

    public GroupSnapshot Snapshot(long lastSequence, TimeSpan blockedNow) => new()
    {
        Name = Name,
        World = World,
        Connections = Links,
        IsDetached = IsDetached,
        Blocked = Blocked + blockedNow,
        LagByRank = [.. Cursors().Select(at => at.Share.CountBetween(at.Sequence, lastSequence))],
        CursorByRank = [.. _cursors],
    };

    private RankShare Share(int rank) => new(rank, World);
}
