using System.Threading.Tasks.Dataflow;
using BenchmarkDotNet.Attributes;
using Engine.Flow;

namespace Engine.Bench;

/// <summary>
/// Question: what does a hop through a stage cost beside the bare Dataflow graph it wraps? Floor: the bare graph. The
/// reference measured 0.4 to 2.7 microseconds a message through five async blocks, so that is what a line may cost.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class StageHopBench
{
    private const int Items = 50_000;
    private const int Hops = 5;

    /// <summary>Items a block or a stage may hold.</summary>
    [Params(8, 128, 1024)]
    public int Capacity { get; set; }

    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public async Task<int> BareBlocks()
    {
        int sum = 0;
        ExecutionDataflowBlockOptions bounded = new() { BoundedCapacity = Capacity };
        DataflowLinkOptions linked = new() { PropagateCompletion = true };
        TransformBlock<object, object>[] blocks =
            [.. Enumerable.Range(0, Hops).Select(_ => new TransformBlock<object, object>(YieldlessAsync, bounded))];
        ActionBlock<object> sink = new(_ => sum++, bounded);
        for (int i = 1; i < Hops; i++)
        {
            blocks[i - 1].LinkTo(blocks[i], linked);
        }

        blocks[^1].LinkTo(sink, linked);
        object item = new();
        for (int i = 0; i < Items; i++)
        {
            await blocks[0].SendAsync(item);
        }

        blocks[0].Complete();
        await sink.Completion;
        return Checked(sum);
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public async Task<int> Stages()
    {
        int sum = 0;
        using Line line = new(CancellationToken.None);
        StageOptions options = new() { CapacityItems = Capacity };
        Stage<object, object>[] stages =
        [
            .. Enumerable.Range(0, Hops).Select(i => new Stage<object, object>(
                line, $"hop_{i}", options, new(_ => 1, _ => 1),
                Steps.Each<object, object>((item, _) => ValueTask.FromResult(Outcome.Keep(item))))),
        ];
        for (int i = 1; i < Hops; i++)
        {
            stages[i - 1].To(stages[i]);
        }

        stages[^1].End(_ =>
        {
            sum++;
            return ValueTask.CompletedTask;
        });
        object item = new();
        for (int i = 0; i < Items; i++)
        {
            await stages[0].SendAsync(item);
        }

        stages[0].Complete();
        await line.WaitAsync();
        return Checked(sum);
    }

    private static Task<object> YieldlessAsync(object item) => Task.FromResult(item);

    private static int Checked(int sum) =>
        sum == Items
        ? sum
        : throw new InvalidOperationException($"{sum} of {Items} items arrived; the time means nothing.");
}
