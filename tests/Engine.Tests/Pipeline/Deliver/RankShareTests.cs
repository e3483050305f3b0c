using Engine.Pipeline.Deliver;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: the shares of a world part the samples exactly. Method: against plain enumeration.</summary>
public sealed class RankShareTests
{
    [Fact]
    public void Shares_of_a_world_are_disjoint_complete_and_equal_within_one_sample()
    {
        Prop.ForAll(
            Gen.Choose(1, 40).SelectMany(world => Gen.Choose(0, 500).Select(last => (world, last))).ToArbitrary(),
            at =>
            {
                long[] counts =
                [
                    .. Enumerable.Range(0, at.world)
                        .Select(rank => new RankShare(rank, at.world).CountBetween(0, at.last)),
                ];
                return counts.Sum() == at.last && counts.Max() - counts.Min() <= 1
                    && Enumerable.Range(1, at.last).All(sequence => Enumerable.Range(0, at.world)
                        .Count(rank => new RankShare(rank, at.world).Has(sequence)) == 1);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Next_count_and_settled_agree_with_enumeration()
    {
        Prop.ForAll(
            (from world in Gen.Choose(1, 20)
             from rank in Gen.Choose(0, world - 1)
             from cursor in Gen.Choose(0, 200)
             from last in Gen.Choose(0, 200)
             select (share: new RankShare(rank, world), cursor, last)).ToArbitrary(),
            at =>
            {
                long next = Enumerable.Range(at.cursor + 1, 100).First(sequence => at.share.Has(sequence));
                long count = Enumerable.Range(at.cursor + 1, Math.Max(0, at.last - at.cursor))
                    .Count(sequence => at.share.Has(sequence));
                return at.share.NextAfter(at.cursor) == next && at.share.SettledUpTo(at.cursor) == next - 1
                    && at.share.CountBetween(at.cursor, at.last) == count;
            }).QuickCheckThrowOnFailure();
    }
}
