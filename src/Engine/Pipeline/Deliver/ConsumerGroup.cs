namespace Engine.Pipeline.Deliver;

/// <summary>One registered group: a cursor a share, who is connected and who carries what. Guarded by the hub's gate.
/// </summary>
internal sealed partial class ConsumerGroup
{
    private readonly long[] _cursors; // By share.
    private readonly RankLink?[] _links; // By rank.
    private readonly RankLink?[] _carriers; // By share: the link that receives it.

    public ConsumerGroup(string name, int world, DeliveryOrder order, long cursor, long idleSince)
    {
        (Name, World, Order, IdleSince) = (name, world, order, idleSince);
        Sequences = new OrderedSequences(order);
        _cursors = new long[world];
        _links = new RankLink?[world];
        _carriers = new RankLink?[world];
        _absentSince = new long[world];
        _buried = new bool[world];
        Array.Fill(_cursors, cursor);
        Array.Fill(_absentSince, idleSince);
    }

    public string Name { get; }

    public int World { get; }

    public DeliveryOrder Order { get; }

    public OrderedSequences Sequences { get; }

    public int Links { get; private set; }

    /// <summary>The clock's time stamp since which nobody is connected; means nothing while somebody is.</summary>
    public long IdleSince { get; private set; }

    /// <summary>Whether the line has stopped waiting for this group.</summary>
    public bool IsDetached { get; set; }

    /// <summary>Time for which samples waited because of this group.</summary>
    public TimeSpan Blocked { get; set; }

    /// <summary>Every position up to here is settled by every rank.</summary>
    public long SettledUpTo => Enumerable.Range(0, World).Min(rank => Share(rank).SettledUpTo(_cursors[rank]));

    public long Cursor(int share) => _cursors[share];

    public void SetCursor(int share, long cursor) => _cursors[share] = cursor;

    public RankLink? Link(int rank) => _links[rank];

    /// <summary>The link that receives a share; null when nobody does.</summary>
    public RankLink? Carrier(int share) => _carriers[share];

    public IEnumerable<RankLink> AllLinks() => _links.OfType<RankLink>();

    /// <summary>Gives the rank to a link, and its share with it.</summary>
    /// <returns>The link that had it, or null.</returns>
    public RankLink? Attach(int rank, RankLink link, long now)
    {
        RankLink? before = _links[rank];
        _links[rank] = link;
        Links += before is null ? 1 : 0;
        if (before is null && Links == 1)
        {
            Array.Fill(_absentSince, now); // the others' leases run while somebody is here who could wait for them
        }

        _buried[rank] = false;
        Carry(rank, link);
        HandOver(before, link);
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
        _absentSince[rank] = now;
        Carry(rank, link: null);
        if (Links == 0)
        {
            Array.Clear(_buried);
        }

        HandOver(link, to: null);
        return true;
    }

    /// <summary>Whether all that a link carries is settled up to a position.</summary>
    public bool IsSettled(RankLink link, long upTo) =>
        link.Readers.All(reader => reader.Share.SettledUpTo(_cursors[reader.Share.Rank]) >= upTo);

    public IEnumerable<RankCursor> Cursors() =>
        Enumerable.Range(0, World).Select(rank => CursorOf(rank));

    public RankCursor CursorOf(int share) => new(Name, Share(share), Order, _cursors[share]);

    public GroupSnapshot Snapshot(long lastSequence, TimeSpan blockedNow) => new()
    {
        Name = Name,
        World = World,
        ShuffleWindow = Order.Window,
        ShuffleSeed = Order.Seed,
        Connections = Links,
        IsDetached = IsDetached,
        Blocked = Blocked + blockedNow,
        LagByRank = [.. Cursors().Select(at => at.Share.CountBetween(at.Position, lastSequence))],
        CursorByRank = [.. _cursors],
        DeadRanks = [.. Enumerable.Range(0, World).Where(IsBuried)],
    };

    /// <summary>Gives a share to a link, or to nobody, from its cursor on.</summary>
    private void Carry(int share, RankLink? link)
    {
        _carriers[share]?.Drop(share);
        _carriers[share] = link;
        link?.Carry(new ShareReader(Share(share), _cursors[share]));
    }

    private RankShare Share(int rank) => new(rank, World);
}
