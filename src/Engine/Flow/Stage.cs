using System.Diagnostics;
using System.Threading.Tasks.Dataflow;

namespace Engine.Flow;

/// <summary>One bounded step of a line: each item in gives one item out, or a counted drop.</summary>
/// <remarks>
/// <para>Steps per item: (1) wait for room and count it received; (2) gather it into a batch; (3) run the step;
/// (4) keep or drop each item by its outcome; (5) count it sent once the next stage has let it in. A throw (6) fails
/// the line under this stage's name.</para>
/// <para>Order is kept, with any number of workers. When the stage is full its source waits: nothing is ever dropped
/// for want of room. An item is held by exactly one stage at any time.</para>
/// <para>The step runs in a Dataflow block, which gives the workers, the order and the cancellation. What Dataflow
/// lacks is added here: room in bytes, faults that reach upstream, rejection as data, and counts that add up.</para>
/// </remarks>
/// <typeparam name="TIn">The item taken in.</typeparam>
/// <typeparam name="TOut">The item passed on.</typeparam>
public sealed class Stage<TIn, TOut> : IStage
{
    private readonly Line _line;
    private readonly StageOptions _options;
    private readonly BatchStep<TIn, TOut> _step;
    private readonly StageWeights<TIn, TOut> _weights;
    private readonly DropHandler<TIn>? _dropped;
    private readonly Budget _budget;
    private readonly Batcher<TIn> _batcher;
    private readonly TransformManyBlock<IReadOnlyList<TIn>, TOut> _block;
    private readonly StageCounters _counters;
    private int _sources; // Open sources; the last one to end completes the block. Changed through Interlocked.
    private int _linked; // 1 once there is a target. Changed through Interlocked.

    /// <summary>Adds a stage to a line.</summary>
    /// <param name="line">The line whose stop token and first fault the stage shares.</param>
    /// <param name="name">The stage's name in metrics, logs and faults: a verb, snake case, unique in the line.</param>
    /// <param name="options">Bounds, workers and batch.</param>
    /// <param name="weights">How items are weighed.</param>
    /// <param name="step">Called for each batch, by <see cref="StageOptions.WorkersMax"/> callers at most.</param>
    /// <param name="dropped">Told of each dropped item; may be null.</param>
    /// <exception cref="ArgumentException">The options are out of range or the name is taken.</exception>
    public Stage(
        Line line, string name, StageOptions options, StageWeights<TIn, TOut> weights, BatchStep<TIn, TOut> step,
        DropHandler<TIn>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(step);

        (_line, Name, _options, _weights, _step, _dropped) = (line, name, options.Checked(), weights, step, dropped);
        _counters = new StageCounters(name);
        _budget = new Budget(options.CapacityItems, options.CapacityBytes);
        _block = new TransformManyBlock<IReadOnlyList<TIn>, TOut>(RunAsync, new ExecutionDataflowBlockOptions
        {
            // The budget is the bound. Dataflow's own lies above it by the batches whose items have all been dropped,
            // and so left the budget, while the block still counts the call that dropped them.
            BoundedCapacity = options.CapacityItems + options.WorkersMax,
            MaxDegreeOfParallelism = options.WorkersMax,
            CancellationToken = line.Stopping,
            EnsureOrdered = true,
        });
        _batcher = new Batcher<TIn>(options.BatchMax, options.BatchLinger, line.Clock, Enqueue);
        line.Add(this);
    }

    /// <summary>The stage's name.</summary>
    public string Name { get; }

    Task IStage.Completion => _block.Completion;

    /// <summary>Gives the stage one item; waits while it is full.</summary>
    /// <param name="item">The item. Calls that overlap have no order among themselves.</param>
    /// <returns>A task that ends when the item was let in.</returns>
    /// <exception cref="OperationCanceledException">The line has stopped.</exception>
    public async ValueTask SendAsync(TIn item)
    {
        _line.Stopping.ThrowIfCancellationRequested();
        await _budget.EnterAsync(_weights.In(item), _line.Stopping).ConfigureAwait(false); // (1)
        _counters.Received();
        _batcher.Add(item); // (2)
    }

    /// <summary>Passes what this stage makes to the next one.</summary>
    /// <typeparam name="TNext">What the next stage makes of it.</typeparam>
    /// <param name="next">The next stage; it may have several sources and ends when all of them have.</param>
    /// <returns><paramref name="next"/>, so that a line reads from left to right.</returns>
    /// <exception cref="InvalidOperationException">The stage passes its items on already.</exception>
    public Stage<TOut, TNext> To<TNext>(Stage<TOut, TNext> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        next.AddSource();
        Drain(next.SendAsync, next.SourceEnded);
        return next;
    }

    /// <summary>Ends the line here: what the stage makes is handed to a callback.</summary>
    /// <param name="done">Called in order, one item at a time; while it waits, the stage fills.</param>
    /// <param name="ended">Called once after the last item of a line that ends well.</param>
    /// <exception cref="InvalidOperationException">The stage passes its items on already.</exception>
    public void End(Func<TOut, ValueTask> done, Action? ended = null)
    {
        ArgumentNullException.ThrowIfNull(done);
        Drain(done, ended ?? (static () => { }));
    }

    /// <summary>Says that <see cref="SendAsync"/> will be called by one more source.</summary>
    internal void AddSource() => Interlocked.Increment(ref _sources);

    /// <summary>Says that one source has ended; the last one completes the stage.</summary>
    internal void SourceEnded()
    {
        if (Interlocked.Decrement(ref _sources) <= 0)
        {
            _batcher.Flush();
            _block.Complete();
        }
    }

    /// <summary>Completes a stage that is fed by <see cref="SendAsync"/> alone.</summary>
    public void Complete() => SourceEnded();

    StageSnapshot IStage.Snapshot()
    {
        (int items, long bytes) = _budget.Held;
        return new StageSnapshot
        {
            Name = Name,
            Received = _counters.ReceivedItems,
            Sent = _counters.SentItems,
            Dropped = _counters.DroppedItems,
            Faulted = _counters.FaultedItems,
            DroppedByReason = _counters.DroppedByReason,
            InFlightItems = items,
            InFlightBytes = bytes,
            Options = _options,
            Busy = _counters.Busy,
            Blocked = _counters.Blocked,
        };
    }

    void IStage.Settle()
    {
        long open = _counters.ReceivedItems - _counters.SentItems - _counters.DroppedItems - _counters.FaultedItems;
        if (open > 0)
        {
            _counters.Faulted(open);
        }

        // Also when nothing is open: room that came free at the last moment may have been given to a sender that had
        // been cancelled while it waited, and who would never leave it.
        _budget.Clear();
    }

    void IDisposable.Dispose() => _batcher.Dispose();

    private void Enqueue(IReadOnlyList<TIn> batch)
    {
        // Accepted at once, because the budget lets in no more than the block takes; declined only by a stopped line.
        Task<bool> accepted = _block.SendAsync(batch);
        Debug.Assert(accepted.IsCompleted, "The budget let in more than the block takes.");
    }

    private async Task<IEnumerable<TOut>> RunAsync(IReadOnlyList<TIn> batch)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            IReadOnlyList<Outcome<TOut>> outcomes = await _step(batch, _line.Stopping).ConfigureAwait(false); // (3)
            _counters.Stepped(batch.Count, Stopwatch.GetElapsedTime(started));
            return await SettleAsync(batch, outcomes).ConfigureAwait(false); // (4)
        }
        catch (OperationCanceledException) when (_line.Stopping.IsCancellationRequested)
        {
            return []; // Settle counts them.
        }
        catch (Exception cause) when (_line.Fail(Name, cause))
        {
            return []; // (6) A time-out's OperationCanceledException too: Dataflow would lose its items in silence.
        }
    }

    private async ValueTask<IEnumerable<TOut>> SettleAsync(
        IReadOnlyList<TIn> batch, IReadOnlyList<Outcome<TOut>> outcomes)
    {
        if (outcomes.Count != batch.Count)
        {
            throw new InvalidOperationException($"The step gave {outcomes.Count} outcomes for {batch.Count} items.");
        }

        List<TOut> kept = new(batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            long reserved = _weights.In(batch[i]);
            if (outcomes[i].DropReason is { } reason)
            {
                if (_dropped is not null)
                {
                    await _dropped(batch[i], Name, reason, outcomes[i].Detail).ConfigureAwait(false);
                }

                _counters.Dropped(reason);
                _budget.Leave(1, reserved);
            }
            else
            {
                _budget.Reweigh(reserved, _weights.Out(outcomes[i].Value!));
                kept.Add(outcomes[i].Value!);
            }
        }

        return kept;
    }

    private void Drain(Func<TOut, ValueTask> take, Action ended)
    {
        if (Interlocked.Exchange(ref _linked, 1) != 0)
        {
            throw new InvalidOperationException($"Stage '{Name}' passes its items on already; a stage has one target.");
        }

        _line.Run(Name, async () =>
        {
            do
            {
                while (_block.TryReceive(out TOut? item))
                {
                    await PassOnAsync(item, take).ConfigureAwait(false);
                }
            }
            while (await _block.OutputAvailableAsync(_line.Stopping).ConfigureAwait(false));

            ended();
        });
    }

    private async ValueTask PassOnAsync(TOut item, Func<TOut, ValueTask> take)
    {
        ValueTask taking = take(item);
        if (!taking.IsCompletedSuccessfully)
        {
            long started = Stopwatch.GetTimestamp();
            await taking.ConfigureAwait(false);
            _counters.WasBlocked(Stopwatch.GetElapsedTime(started));
        }

        _counters.Sent(); // (5)
        _budget.Leave(1, _weights.Out(item));
    }
}
