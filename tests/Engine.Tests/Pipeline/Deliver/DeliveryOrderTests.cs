using System.Globalization;
using Engine.Pipeline.Deliver;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: an order is a permutation within blocks that a later sample never changes. Method: against plain
/// enumeration of blocks; the permutation itself against a second implementation in Python.</summary>
public sealed class DeliveryOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Blocks_agree_with_enumeration()
    {
        Prop.ForAll(Cases().ToArbitrary(), at =>
        {
            List<(long Start, long End)> blocks = Blocks(at.Window, at.Last, at.Boundaries);
            DeliveryOrder order = new(at.Window, 5);
            long complete = blocks.Count == 0 ? 0 : blocks[^1].End;
            Assert.Equal(complete, order.CompleteUpTo(at.Last, at.Boundaries));
            foreach ((long start, long end) in blocks)
            {
                for (long position = start + 1; position <= end; position++)
                {
                    Assert.Equal((start, end),
                        (order.StartOf(position, at.Boundaries), order.EndOf(position, at.Boundaries)));
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Positions_are_a_permutation_of_the_sequences_within_each_block()
    {
        Prop.ForAll(Cases().ToArbitrary(), at =>
        {
            OrderedSequences sequences = new(new DeliveryOrder(at.Window, 5));
            foreach ((long start, long end) in Blocks(at.Window, at.Last, at.Boundaries))
            {
                IEnumerable<long> block = Enumerable.Range((int)start + 1, (int)(end - start)).Select(p => (long)p);
                Assert.Equal(block, block.Select(p => sequences.At(p, at.Boundaries)).Order());
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Resume_in_another_order_misses_nothing_and_repeats_less_than_two_blocks()
    {
        Prop.ForAll(
            (from at in Cases()
             from window in Gen.Choose(0, 9)
             from settled in Gen.Choose(0, 60)
             select (at, window, settled)).ToArbitrary(),
            test =>
            {
                ((int oldWindow, long last, long[] boundaries), int newWindow, int wanted) = test;
                (DeliveryOrder before, DeliveryOrder after) = (new(oldWindow, 5), new(newWindow, 6));
                long settled = Math.Min(wanted, before.CompleteUpTo(last, boundaries));
                (OrderedSequences old, OrderedSequences young) = (new(before), new(after));
                HashSet<long> had = [.. Positions(settled).Select(p => old.At(p, boundaries))];

                long start = after.ResumeAfter(before, settled, boundaries);

                Assert.True(start <= after.CompleteUpTo(last, boundaries) || start <= settled);
                Assert.All(Positions(start), p => Assert.Contains(young.At(p, boundaries), had));
                Assert.InRange(settled - start, 0, oldWindow + newWindow);
                Assert.Equal(settled, before.ResumeAfter(before, settled, boundaries));
                return true;
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 16)]
    [InlineData(42, 1000, 7)]
    [InlineData(long.MaxValue, 123_456_789_000, 500)]
    public async Task Permutation_is_that_of_a_second_implementation(long seed, long start, int length)
    {
        const string Program = """
            import sys
            seed, start, n = map(int, sys.argv[1:])
            M = (1 << 64) - 1
            def mix(z):
                z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
                z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
                return z ^ (z >> 31)
            G = 0x9E3779B97F4A7C15
            state = mix((seed + G) & M) ^ start
            a = list(range(n))
            for i in range(n - 1, 0, -1):
                state = (state + G) & M
                j = (mix(state) * (i + 1)) >> 64
                a[i], a[j] = a[j], a[i]
            print(*a)
            """;
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("needs /usr/bin/python3");
        }

        Command told = await Command.RunAsync(
            "/usr/bin/python3",
            [
                "-c", Program, seed.ToString(CultureInfo.InvariantCulture),
                start.ToString(CultureInfo.InvariantCulture), length.ToString(CultureInfo.InvariantCulture),
            ]);

        Assert.Equal(0, told.ExitCode);
        Assert.Equal(
            told.Output.Trim(), string.Join(' ', BlockShuffle.Permute(seed, start, length)));
        Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public void Each_place_gets_each_sample_about_equally_often()
    {
        const int Length = 8;
        const int Blocks = 8000;
        int[,] seen = new int[Length, Length];
        for (int block = 0; block < Blocks; block++)
        {
            int[] offsets = BlockShuffle.Permute(seed: 7, start: block * (long)Length, Length);
            for (int i = 0; i < Length; i++)
            {
                seen[i, offsets[i]]++;
            }
        }

        // 1,000 expected in each cell, with a deviation of 30: 5 of them each way.
        Assert.All(seen.Cast<int>(), count => Assert.InRange(count, 850, 1150));
    }

    private static IEnumerable<long> Positions(long upTo) => Enumerable.Range(1, (int)upTo).Select(p => (long)p);

    private static Gen<(int Window, long Last, long[] Boundaries)> Cases() =>
        from window in Gen.Choose(0, 9)
        from last in Gen.Choose(0, 60)
        from boundaries in Gen.Choose(1, 60).ArrayOf()
        select (window, (long)last,
            boundaries.Where(at => at <= last).Distinct().Order().Select(at => (long)at).ToArray());

    private static List<(long Start, long End)> Blocks(int window, long last, long[] boundaries)
    {
        List<(long Start, long End)> blocks = [];
        long start = 0;
        for (long at = 1; at <= last; at++)
        {
            if (at - start >= Math.Max(1, window) || (window > 0 && boundaries.Contains(at)))
            {
                blocks.Add((start, at));
                start = at;
            }
        }

        return blocks;
    }
}
