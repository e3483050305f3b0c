namespace Engine.Pipeline.Deliver;

/// <summary>Ranks that are not connected, and what they leave behind.</summary>
internal sealed partial class ConsumerGroup
{
    private readonly long[] _absentSince; // By rank; means nothing while it is connected.
    private readonly bool[] _buried; // By rank: dead, and said to be.
    private readonly SortedDictionary<int, IReadOnlyDictionary<string, double>> _asked = []; // By rank.

    /// <summary>What ranks ask for, each with a mean of 1.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Asked => [.. _asked.Values];

    /// <summary>The clock's time stamp since which a rank has been missed.</summary>
    public long AbsentSince(int rank) => _absentSince[rank];

    public bool IsBuried(int rank) => _buried[rank];

    public void Bury(int rank) => _buried[rank] = true;

    /// <summary>Gives a share to the link that carries the fewest, of several that of the lowest rank.</summary>
    public void Adopt(int share) =>
        Carry(share, _links.OfType<RankLink>().OrderBy(link => link.Readers.Count).First());

    /// <summary>Takes down what a rank asks for; null for nothing.</summary>
    /// <returns>Whether that changed anything.</returns>
    public bool Ask(RankLink link, IReadOnlyDictionary<string, double>? weights)
    {
        int rank = link.Share.Rank;
        if (!ReferenceEquals(_links[rank], link))
        {
            return false; // A replaced link may no longer ask.
        }

        if (weights is null)
        {
            return _asked.Remove(rank);
        }

        _asked[rank] = weights;
        return true;
    }

    /// <summary>Forgets what a rank asked for.</summary>
    /// <returns>Whether it had.</returns>
    public bool Forget(int rank) => _asked.Remove(rank);

    /// <summary>Finds new carriers for what a link carried besides its own share.</summary>
    private void HandOver(RankLink? from, RankLink? to)
    {
        for (int share = 0; from is not null && share < World; share++)
        {
            if (ReferenceEquals(_carriers[share], from))
            {
                Carry(share, to);
                if (to is null && Links > 0)
                {
                    Adopt(share);
                }
            }
        }
    }
}
