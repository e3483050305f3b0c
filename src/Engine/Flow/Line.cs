using System.Diagnostics.Metrics;

namespace Engine.Flow;

/// <summary>The stages that stand or fall together: one stop token, one first fault.</summary>
/// <remarks>
/// A Dataflow link carries completion and faults downstream only. A stage that faults leaves the stages before it full
/// and their producer waiting for ever, so the line, not the link, spreads a fault: the first one cancels all.
/// </remarks>
public sealed class Line : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Lock _gate = new();
    private readonly List<IStage> _stages = []; // Guarded by _gate.
    private readonly List<Task> _running = []; // Guarded by _gate.
    private StageFaultException? _fault; // First write wins; written only through Interlocked.

    private static readonly Living<Line> Alive = new();

    static Line()
    {
        Observe("headwater.stage.queue.items", "{item}", "Items a stage holds.", stage => stage.InFlightItems);
        Observe("headwater.stage.queue", "By", "Bytes a stage holds.", stage => stage.InFlightBytes);
        Observe(
            "headwater.stage.queue.capacity.items", "{item}", "Items a stage may hold.",
            stage => stage.Options.CapacityItems);
    }

    /// <summary>Makes an empty line.</summary>
    /// <param name="stopping">Stops the line from outside: every stage drops what it holds and ends.</param>
    /// <param name="clock">Times lingering batches; the system's when null.</param>
    public Line(CancellationToken stopping, TimeProvider? clock = null)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Clock = clock ?? TimeProvider.System;
        Alive.Add(this);
    }

    /// <summary>Cancelled when the line is stopped from outside or by its first fault.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>The first fault, or null.</summary>
    public StageFaultException? Fault => Volatile.Read(ref _fault);

    internal TimeProvider Clock { get; }

    /// <summary>Feeds a stage from a producer until the producer ends, then completes the stage.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <typeparam name="TOut">What the stage makes of it.</typeparam>
    /// <param name="name">The source's name, for faults.</param>
    /// <param name="next">Gives the next item, waits when there is none yet, and null when there will be none.</param>
    /// <param name="first">The stage that is fed; while it is full, <paramref name="next"/> is not called.</param>
    public void Feed<T, TOut>(string name, Func<CancellationToken, ValueTask<T?>> next, Stage<T, TOut> first)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(first);
        first.AddSource();
        Run(name, async () =>
        {
            while (await next(Stopping).ConfigureAwait(false) is { } item)
            {
                await first.SendAsync(item).ConfigureAwait(false);
            }

            first.SourceEnded();
        });
    }

    /// <summary>Waits until every stage has ended and accounts for what a stop left behind.</summary>
    /// <returns>A task that ends well when all items were handled.</returns>
    /// <exception cref="StageFaultException">A step threw; the first such fault.</exception>
    /// <exception cref="OperationCanceledException">The line was stopped from outside.</exception>
    public async Task WaitAsync()
    {
        Task[] running;
        lock (_gate)
        {
            running = [.. _running, .. _stages.Select(stage => stage.Completion)];
        }

        try
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Ours: either a fault stopped the line, thrown below, or the caller did, re-thrown below.
        }

        foreach (IStage stage in Stages())
        {
            stage.Settle();
        }

        if (Fault is { } fault)
        {
            throw fault;
        }

        _stop.Token.ThrowIfCancellationRequested();
    }

    /// <summary>What every stage holds and has counted, in the order in which they were made.</summary>
    /// <returns>One snapshot a stage.</returns>
    public IReadOnlyList<StageSnapshot> Snapshot() => [.. Stages().Select(stage => stage.Snapshot())];

    /// <inheritdoc/>
    public void Dispose()
    {
        Alive.Remove(this);
        foreach (IStage stage in Stages())
        {
            stage.Dispose();
        }

        _stop.Dispose();
    }

    internal void Add(IStage stage)
    {
        lock (_gate)
        {
            if (_stages.Any(other => other.Name == stage.Name))
            {
                throw new ArgumentException($"The line has a stage '{stage.Name}' already; its metrics would mix.");
            }

            _stages.Add(stage);
        }
    }

    /// <summary>Runs a loop that belongs to a stage; what it throws becomes that stage's fault.</summary>
    internal void Run(string stage, Func<Task> loop)
    {
        async Task Guarded()
        {
            try
            {
                await loop().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The line was stopped; WaitAsync says why.
            }
            catch (Exception cause) when (Fail(stage, cause))
            {
                // Kept as the line's fault.
            }
        }

        // Not on the caller's thread: it may still be linking stages.
        Task running = Task.Run(Guarded);
        lock (_gate)
        {
            _running.Add(running);
        }
    }

    /// <summary>Keeps the first fault and stops the line.</summary>
    /// <returns>Always true, so that it can stand in an exception filter.</returns>
    internal bool Fail(string stage, Exception cause)
    {
        Interlocked.CompareExchange(ref _fault, new StageFaultException(stage, cause), comparand: null);
        _stop.Cancel();
        return true;
    }

    private static void Observe(string name, string unit, string description, Func<StageSnapshot, long> value) =>
        StageCounters.FlowMeter.CreateObservableGauge(
            name, () => Alive.Now().SelectMany(line => line.Snapshot()).Select(s => Of(s, value(s))), unit,
            description);

    private static Measurement<long> Of(StageSnapshot stage, long value) =>
        new(value, new KeyValuePair<string, object?>("stage", stage.Name));

    private IStage[] Stages()
    {
        lock (_gate)
        {
            return [.. _stages];
        }
    }
}
