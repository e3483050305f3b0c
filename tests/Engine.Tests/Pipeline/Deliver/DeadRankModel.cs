using Engine.Pipeline.Deliver;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Plays one history of a group whose dead ranks' shares are reassigned, and checks its laws at every step.
/// </summary>
/// <remarks>Laws: no two live links carry a share; a link gets each share that it carries by position without a gap
/// from the share's cursor on; a cursor moves only by an acknowledgement of its carrier; with one rank alive long
/// enough everything has been delivered and acknowledged.</remarks>
internal sealed class DeadRankModel
{
    private const int World = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private readonly MemorySampleLog _log = new();
    private readonly ManualClock _clock = new();
    private readonly DeliveryOrder _order;
    private readonly DeliveryHub _hub;
    private readonly RankLink?[] _links = new RankLink?[World];
    private readonly long[] _acked = new long[World];
    private readonly Dictionary<(RankLink Link, int Share), (ShareReader Reader, long At)> _read = [];

    private DeadRankModel(DeliveryOrder order)
    {
        _order = order;
        _hub = new DeliveryHub(
            _log, new DeliverOptions { OnDeadRank = DeadRankPolicy.Reassign, RankLease = Lease }, _clock);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<bool> HoldsAsync((int Deed, int Rank, int Amount)[] history, DeliveryOrder order)
    {
        DeadRankModel model = new(order);
        foreach ((int deed, int rank, int amount) in history)
        {
            await model.StepAsync(deed, rank, amount);
            model.CheckShares();
        }

        await model.FinishAsync();
        await model._hub.DisposeAsync();
        return true;
    }

    private async Task StepAsync(int deed, int rank, int amount)
    {
        switch (deed)
        {
            case 0:
                _log.Add(amount);
                break;
            case 1:
                _links[rank] = _hub.Attach("train", new RankShare(rank, World), order: _order);
                break;
            case 2:
                _links[rank]?.Dispose();
                _links[rank] = null;
                break;
            case 3:
                _clock.Advance(Lease * amount / 6);
                break;
            case 4 when _links[rank] is { } link:
                await ReadAsync(link, amount);
                break;
            case 5 when _links[rank] is { } link:
                AckAll(link);
                break;
        }
    }

    private async Task ReadAsync(RankLink link, int itemsMax)
    {
        long last = _order.CompleteUpTo(_log.LastSequence, _log.LoadBoundaries());
        if (!link.Readers.Any(at => at.Share.NextAfter(Math.Max(at.ReadUpTo, _acked[at.Share.Rank])) <= last))
        {
            return;
        }

        Dictionary<int, ShareReader> readers = link.Readers.ToDictionary(at => at.Share.Rank);
        foreach (PlacedSample at in await link.NextAsync(itemsMax, long.MaxValue, Token))
        {
            int share = (int)(at.Position % World);
            Assert.True(readers.ContainsKey(share), $"{at.Position} came to a link that does not carry {share}");
            long from = _read.TryGetValue((link, share), out (ShareReader Reader, long At) before)
                && ReferenceEquals(before.Reader, readers[share])
                    ? Math.Max(before.At, _acked[share])
                    : _acked[share];
            Assert.Equal(readers[share].Share.NextAfter(from), at.Position);
            Assert.InRange(at.Position, 1, last);
            _read[(link, share)] = (readers[share], at.Position);
        }
    }

    private void AckAll(RankLink link)
    {
        foreach (ShareReader reader in link.Readers.ToArray())
        {
            int share = reader.Share.Rank;
            if (_read.TryGetValue((link, share), out (ShareReader Reader, long At) read)
                && ReferenceEquals(read.Reader, reader) && read.At > _acked[share])
            {
                link.Ack(read.At);
                _acked[share] = read.At;
            }
        }

        // What it does not carry any more it may acknowledge too, late: that moves nothing.
        foreach (((RankLink of, int share), (_, long at)) in _read)
        {
            if (ReferenceEquals(of, link) && link.Readers.All(reader => reader.Share.Rank != share))
            {
                link.Ack(at);
            }
        }
    }

    private void CheckShares()
    {
        int[] carried = [.. _links.OfType<RankLink>().SelectMany(link => link.Readers.Select(at => at.Share.Rank))];
        Assert.Equal(carried.Distinct().Count(), carried.Length);
        Assert.All(_links.OfType<RankLink>(), link => Assert.Contains(link.Share.Rank, link.Readers
            .Select(at => at.Share.Rank)));
        if (_hub.Snapshot().Groups.SingleOrDefault() is { } group)
        {
            Assert.Equal(_acked, group.CursorByRank);
            Assert.All(group.DeadRanks, dead => Assert.Contains(dead, carried));
        }
    }

    private async Task FinishAsync()
    {
        RankLink link = _links[2] ??= _hub.Attach("train", new RankShare(2, World), order: _order);
        foreach (RankLink other in _links.OfType<RankLink>().Where(other => !ReferenceEquals(other, link)).ToArray())
        {
            _links[other.Share.Rank] = null;
            other.Dispose();
        }

        _clock.Advance(Lease);
        CheckShares();
        Assert.Equal(World, link.Readers.Count);
        await _hub.EndAsync(Token);
        while (_hub.Snapshot().Groups.Single().LagItems > 0)
        {
            await ReadAsync(link, 16);
            AckAll(link);
        }

        Assert.Equal(LinkEnd.Ended, await link.Ended.WaitAsync(Token));
    }
}
