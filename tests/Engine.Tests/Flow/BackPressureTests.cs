using Engine.Flow;

namespace Engine.Tests.Flow;

/// <summary>
/// Goal: a consumer that stops taking stops the source, and what the line holds stays within its bounds.
/// Method: four stages over items of 1 MB, a sink that never returns; the source is watched until it stands still.
/// </summary>
public sealed class BackPressureTests
{
    private const int ItemBytes = 1 << 20;
    private const int Stages = 4;
    private static readonly StageOptions Bounds = new() { CapacityItems = 8, CapacityBytes = 4L * ItemBytes };
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopped_consumer_stops_the_source_with_flat_memory_and_lets_it_go_on_afterwards()
    {
        using Line line = new(Token);
        TaskCompletionSource consumer = new();
        int produced = 0;
        int consumed = 0;
        const int Total = 400;
        Stage<byte[], byte[]> first = Stage(line, 0);
        Stage<byte[], byte[]> last = Enumerable.Range(1, Stages - 1)
            .Aggregate(first, (stage, index) => stage.To(Stage(line, index)));
        last.End(async _ =>
        {
            await consumer.Task;
            consumed++;
        });
        line.Feed("source", _ => ValueTask.FromResult(produced < Total ? Make(ref produced) : null), first);

        await StandsStillAsync(line);
        int whileStopped = Volatile.Read(ref produced);
        long heldBytes = line.Snapshot().Sum(stage => stage.InFlightBytes);
        long managedBytes = GC.GetTotalMemory(forceFullCollection: true);
        consumer.SetResult();
        await line.WaitAsync().WaitAsync(HangLimit, Token);

        // 4 items fill each stage's bytes; one more is in the source's hand.
        Assert.Equal((4 * Stages) + 1, whileStopped);
        Assert.Equal(4L * ItemBytes * Stages, heldBytes);
        Assert.InRange(managedBytes, heldBytes, 200L * ItemBytes);
        Assert.Equal((Total, Total), (produced, consumed));
    }

    private static byte[] Make(ref int produced)
    {
        Interlocked.Increment(ref produced);
        return new byte[ItemBytes];
    }

    private static Stage<byte[], byte[]> Stage(Line line, int index) => new(
        line, $"pressure_{index}", Bounds, new(item => item.LongLength, item => item.LongLength),
        Steps.Each<byte[], byte[]>((item, _) => ValueTask.FromResult(Outcome.Keep(item))));

    /// <summary>Waits until every stage is full of bytes; nothing can move then, and the source least of all.</summary>
    private static async Task StandsStillAsync(Line line)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(HangLimit);
        while (line.Snapshot().Any(stage => stage.InFlightBytes < Bounds.CapacityBytes))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
