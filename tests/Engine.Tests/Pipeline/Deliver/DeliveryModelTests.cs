using Engine.Pipeline.Deliver;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>
/// Goal: whatever ranks come, go, acknowledge and crash in whatever order, each share arrives in order, without a gap,
/// from the cursor on. Method: random histories against a model that is two numbers a rank.
/// </summary>
public sealed class DeliveryModelTests
{
    private const int World = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_history_gives_each_rank_its_share_in_order_without_a_gap() =>
        Prop.ForAll(
            Gen.Choose(0, 6).Zip(Gen.Choose(0, World - 1)).Zip(Gen.Choose(1, 9))
                .Select(at => (Deed: at.Item1.Item1, Rank: at.Item1.Item2, Amount: at.Item2))
                .ArrayOf().ToArbitrary(),
            history => Task.Run(() => HoldsAsync(history), Token).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    private static async Task<bool> HoldsAsync((int Deed, int Rank, int Amount)[] history)
    {
        MemorySampleLog log = new();
        DeliveryHub hub = new(log, new DeliverOptions(), new ManualClock());
        RankLink?[] links = new RankLink?[World];
        long[] acked = new long[World]; // The model: what the rank has acknowledged,
        long[] read = new long[World]; // and what its present link has read.
        foreach ((int deed, int rank, int amount) in history)
        {
            RankShare share = new(rank, World);
            switch (deed)
            {
                case 0:
                    log.Add(amount);
                    break;
                case 1:
                    (links[rank], read[rank]) = (hub.Attach("train", share), acked[rank]);
                    break;
                case 2:
                    acked[rank] = Math.Min(amount, log.LastSequence);
                    (links[rank], read[rank]) = (hub.Attach("train", share, acked[rank]), acked[rank]);
                    break;
                case 3 when links[rank] is { } link && share.NextAfter(read[rank]) <= log.LastSequence:
                    foreach (LoggedSample at in await link.NextAsync(amount, long.MaxValue, Token))
                    {
                        Assert.Equal(share.NextAfter(read[rank]), at.Sequence);
                        read[rank] = at.Sequence;
                    }

                    break;
                case 4 when links[rank] is { } link:
                    long upTo = Math.Max(acked[rank], read[rank] - amount);
                    link.Ack(upTo);
                    acked[rank] = upTo;
                    break;
                case 5:
                    links[rank]?.Dispose();
                    links[rank] = null;
                    break;
                case 6: // The daemon ends and starts again: the mirror is the model.
                    await hub.DisposeAsync();
                    hub = new DeliveryHub(log, new DeliverOptions(), new ManualClock());
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
}
