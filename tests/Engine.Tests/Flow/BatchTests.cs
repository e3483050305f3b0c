using Engine.Flow;
using Tests.Shared;

namespace Engine.Tests.Flow;

/// <summary>Goal: a batch leaves when it is full, when it has lingered, and at the end; never empty.</summary>
public sealed class BatchTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Full_batch_leaves_at_once_and_a_part_when_it_has_lingered_and_the_rest_at_the_end()
    {
        ManualClock clock = new();
        using Line line = new(Token, clock);
        System.Threading.Channels.Channel<int> sizes = System.Threading.Channels.Channel.CreateUnbounded<int>();
        StageOptions options = new() { BatchMax = 3, BatchLinger = TimeSpan.FromSeconds(5) };
        Stage<int, int> stage = new(line, "batch", options, new(_ => 1, _ => 1), async (batch, stopping) =>
        {
            await sizes.Writer.WriteAsync(batch.Count, stopping);
            return [.. batch.Select(Outcome.Keep)];
        });
        LineOf.Collect(stage);

        for (int item = 0; item < 4; item++)
        {
            await stage.SendAsync(item);
        }

        int full = await NextAsync();
        clock.Advance(TimeSpan.FromSeconds(4));
        bool earlier = sizes.Reader.TryRead(out _);
        clock.Advance(TimeSpan.FromSeconds(1));
        int lingered = await NextAsync();
        await stage.SendAsync(4);
        await stage.SendAsync(5);
        stage.Complete();
        int rest = await NextAsync();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        Assert.Equal((3, false, 1, 2), (full, earlier, lingered, rest));

        Task<int> NextAsync() => sizes.Reader.ReadAsync(Token).AsTask().WaitAsync(HangLimit, Token);
    }
}
