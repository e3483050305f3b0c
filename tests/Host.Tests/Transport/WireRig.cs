using System.Diagnostics;
using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>A server over a log in memory, under a clock that only the test moves.</summary>
internal sealed class WireRig : IAsyncDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private readonly List<WirePeer> _peers = [];

    public WireRig(TransportOptions? options = null, DeliverOptions? deliver = null, MemorySampleLog? log = null)
    {
        Log = log ?? new MemorySampleLog();
        Options = options ?? new TransportOptions();
        Hub = new DeliveryHub(Log, deliver ?? new DeliverOptions(), Clock);
        Server = new WireServer(Hub, Options, Clock, NullLogger<WireServer>.Instance);
    }

    public MemorySampleLog Log { get; }

    public ManualClock Clock { get; } = new();

    public TransportOptions Options { get; }

    public DeliveryHub Hub { get; }

    public WireServer Server { get; }

    public WirePeer Connect()
    {
        WirePeer peer = new(Server);
        _peers.Add(peer);
        return peer;
    }

    public async Task<WirePeer> JoinAsync(HelloFrame? hello = null)
    {
        WirePeer peer = Connect();
        await peer.JoinAsync(hello);
        return peer;
    }

    /// <summary>Yields until something that is under way on another thread has happened.</summary>
    public static async Task UntilAsync(Func<bool> happened)
    {
        long started = Stopwatch.GetTimestamp();
        while (!happened())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.True(Stopwatch.GetElapsedTime(started) < HangLimit, "It did not happen.");
            await Task.Yield();
        }
    }

    /// <summary>Waits until the first rank of a group has acknowledged.</summary>
    public Task AckedAsync(long cursor, string group = "train") => UntilAsync(
        () => Hub.Snapshot().Groups.Single(at => at.Name == group).CursorByRank[0] == cursor);

    /// <summary>Moves the clock in steps until a task that depends on it has ended.</summary>
    /// <remarks>Between two steps the server gets real time to act, or a busy machine would see the clock pass one
    /// bound and the next before anything was sent.</remarks>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> task, TimeSpan step)
    {
        while (true)
        {
            Clock.Advance(step);
            try
            {
                return await task.WaitAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                // Not yet: the next step.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (WirePeer peer in _peers)
        {
            await peer.DisposeAsync();
        }

        await Hub.DisposeAsync();
        Server.Dispose();
    }
}
