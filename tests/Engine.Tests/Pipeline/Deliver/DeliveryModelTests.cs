using Engine.Pipeline.Deliver;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>
/// Goal: whatever ranks come, go, acknowledge and crash in whatever order, each share arrives by position, without a
/// gap, from the cursor on, and only once its block is whole. Method: random histories against a model that is two
/// numbers a rank.
/// </summary>
public sealed class DeliveryModelTests
{
    private const int World = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Every_history_gives_each_rank_its_share_in_order_without_a_gap(int window) =>
        Prop.ForAll(
            Gen.Choose(0, 7).Zip(Gen.Choose(0, World - 1)).Zip(Gen.Choose(1, 9))
                .Select(at => (Deed: at.Item1.Item1, Rank: at.Item1.Item2, Amount: at.Item2))
                .ArrayOf().ToArbitrary(),
            history => Task.Run(() => HoldsAsync(history, new(window, window)), Token).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static async Task<bool> HoldsAsync((int Deed, int Rank, int Amount)[] history, DeliveryOrder order)
    {
        MemorySampleLog log = new();
        DeliveryHub hub = new(log, new DeliverOptions(), new ManualClock());
        RankLink?[] links = new RankLink?[World];
        long[] acked = new long[World]; // The model: what the rank has acknowledged,
        long[] read = new long[World]; // and what its present link has read.
        foreach ((int deed, int rank, int amount) in history)
        {
            RankShare share = new(rank, World);
            long last = order.CompleteUpTo(log.LastSequence, log.LoadBoundaries());
            switch (deed)
            {
                case 0:
                    log.Add(amount);
                    break;
                case 1:
                    links[rank] = hub.Attach("train", share, order: order);
                    read[rank] = acked[rank];
                    break;
                case 2:
                    acked[rank] = Math.Min(amount, last);
                    links[rank] = hub.Attach("train", share, acked[rank], order: order);
                    read[rank] = acked[rank];
                    break;
                case 3 when links[rank] is { } link && share.NextAfter(read[rank]) <= last:
                    foreach (PlacedSample at in await link.NextAsync(amount, long.MaxValue, Token))
                    {
                        Assert.Equal(share.NextAfter(read[rank]), at.Position);
                        Assert.InRange(at.Position, 1, last);
                        read[rank] = at.Position;
                    }

                    break;
                case 4 when links[rank] is { } link && read[rank] - (amount * World) is var upTo && share.Has(upTo)
                    && upTo > 0:
                    link.Ack(upTo);
                    acked[rank] = Math.Max(acked[rank], upTo);
                    break;
                case 5:
                    links[rank]?.Dispose();
                    links[rank] = null;
                    break;
                case 6 or 7: // The daemon ends and starts again: the mirror is the model.
                    hub = await RestartAsync(hub, log, hasEnded: deed == 7);
                    Array.Clear(links);
                    break;
            }

            if (hub.Snapshot().Groups.SingleOrDefault() is { } group)
            {
                Assert.Equal(acked, group.CursorByRank);
            }
        }

        await hub.DisposeAsync();
        return true;
    }

    private static async Task<DeliveryHub> RestartAsync(DeliveryHub hub, MemorySampleLog log, bool hasEnded)
    {
        await hub.DisposeAsync();
        if (hasEnded && log.LastSequence > 0)
        {
            await log.AddBoundaryAsync(log.LastSequence, Token); // as a run whose plan has ended does
        }

        return new DeliveryHub(log, new DeliverOptions(), new ManualClock());
    }
}
