using Engine.Items;
using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>
/// Goal: groups that come for the same samples get each byte of them, from one read where they come together, and its
/// memory is neither given back too early nor kept. Method: a log that overwrites what is given back.
/// </summary>
public sealed class SharedReadsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_that_wait_for_the_same_samples_get_them_from_one_read()
    {
        MemorySampleLog log = new();
        await using DeliveryHub hub = new(log, new DeliverOptions(), TimeProvider.System);
        RankLink[] links = [.. Enumerable.Range(0, 5).Select(at => hub.Attach($"group{at}", new RankShare(0, 1)))];
        for (int round = 1; round <= 20; round++)
        {
            Task<Lent<PlacedSample>>[] waiting = [.. links.Select(link => link.NextAsync(8, 1 << 20, Token).AsTask())];

            log.Add(3);

            int next = 0;
            foreach (Task<Lent<PlacedSample>> read in waiting)
            {
                using Lent<PlacedSample> samples = await read.WaitAsync(HangLimit, Token);
                Assert.Equal([(3 * round) - 2, (3 * round) - 1, 3 * round], samples.Select(at => at.Sequence));
                Assert.All(samples, at => AssertWhole(log, at.Sequence, at.Sample));
                next++;
            }

            Assert.Equal((links.Length, round), (next, log.Reads));
        }
    }

    [Fact]
    public async Task Readers_at_any_pace_get_every_byte_and_what_is_kept_stays_bounded()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        MemorySampleLog log = new(imageBytes: 100_000);
        log.Add(600);
        SharedReads reads = new(log);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(at => Task.Run(
            () => ReadAllAsync(log, reads, new Random(seed + at)), Token))).WaitAsync(HangLimit, Token);

        output.WriteLine($"{log.Reads} reads");
        Assert.InRange(reads.KeptBytes, 0, SharedReads.KeptBytesMax);
    }

    [Fact]
    public async Task What_every_group_has_had_is_kept_no_more()
    {
        MemorySampleLog log = new();
        log.Add(10);
        SharedReads reads = new(log);
        for (int group = 2; group >= 0; group--)
        {
            using Lent<LoggedSample> samples = await reads.ReadAsync([1, 2, 3, 4], 1 << 20, group, Token);
            Assert.All(samples, at => AssertWhole(log, at.Sequence, at.Sample));
            Assert.Equal(group > 0, reads.KeptBytes > 0);
        }

        Assert.Equal(1, log.Reads);
    }

    [Fact]
    public async Task Reader_whose_leader_fails_or_leaves_reads_for_itself()
    {
        TaskCompletionSource hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource leaves = CancellationTokenSource.CreateLinkedTokenSource(Token);
        MemorySampleLog log = new() { HoldReads = hold.Task };
        log.Add(10);
        SharedReads reads = new(log);
        Task<Lent<LoggedSample>> leader = reads.ReadAsync([1, 2], 1 << 20, 1, leaves.Token).AsTask();
        Task<Lent<LoggedSample>> follower = reads.ReadAsync([1, 2], 1 << 20, 0, Token).AsTask();
        Assert.Equal(1, log.Reads);

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader.WaitAsync(HangLimit, Token));
        hold.SetResult();

        using Lent<LoggedSample> samples = await follower.WaitAsync(HangLimit, Token);
        Assert.Equal([1, 2], samples.Select(at => at.Sequence));
        Assert.Equal((2, 0), (log.Reads, reads.KeptBytes));
    }

    private static async Task ReadAllAsync(MemorySampleLog log, SharedReads reads, Random random)
    {
        Queue<Lent<LoggedSample>> held = [];
        for (long next = 1; next <= log.LastSequence;)
        {
            long[] wanted = [.. Enumerable.Range(0, random.Next(1, 9)).Select(at => next + at)
                .Where(sequence => sequence <= log.LastSequence)];
            Lent<LoggedSample> samples = await reads.ReadAsync(
                wanted, random.Next(1, 600_000), random.Next(0, 4), Token);
            Assert.Equal(wanted[..samples.Count], samples.Select(at => at.Sequence));
            Assert.InRange(samples.Count, 1, wanted.Length);
            next += samples.Count;
            held.Enqueue(samples);
            while (held.Count > random.Next(0, 5))
            {
                using Lent<LoggedSample> oldest = held.Dequeue();
                Assert.All(oldest, at => AssertWhole(log, at.Sequence, at.Sample));
            }
        }
    }

    private static void AssertWhole(MemorySampleLog log, long sequence, Sample sample)
    {
        Sample expected = log.Make(sequence);
        Assert.True(
            expected.Image.Span.SequenceEqual(sample.Image.Span) && expected.Json.Span.SequenceEqual(sample.Json.Span),
            $"sample {sequence} was overwritten");
    }
}
