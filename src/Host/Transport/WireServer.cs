using System.Net;
using Engine.Options;
using Engine.Pipeline.Deliver;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Host.Transport;

/// <summary>Serves samples to connections, whatever listener they come from.</summary>
public sealed class WireServer : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger<WireServer> _log;
    private readonly PeerTable _peers;
    private int _connections; // Changed through Interlocked.

    /// <summary>Makes a server; it does not listen.</summary>
    /// <param name="hub">The groups and the samples; owned by the caller, and outlives the server.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="clock">Times handshakes, heartbeats and silence.</param>
    /// <param name="log">Told of each connection that opens and ends.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    public WireServer(DeliveryHub hub, TransportOptions options, TimeProvider clock, ILogger<WireServer> log)
    {
        ArgumentNullException.ThrowIfNull(hub);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(log);

        (Hub, Options, Clock, _log) = (hub, options, clock, log);
        Tokens = new TokenCheck(options.Token);
        _peers = new PeerTable(options, clock);
    }

    /// <summary>Connections open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    internal DeliveryHub Hub { get; }

    internal TransportOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal TokenCheck Tokens { get; }

    /// <summary>Cancelled once the server lets nobody in and nobody stay.</summary>
    internal CancellationToken Draining => _draining.Token;

    /// <summary>Serves one connection to its end. Never throws for what the peer does.</summary>
    /// <param name="socket">The connection; owned by the caller.</param>
    /// <returns>Done when nothing of the connection is left.</returns>
    public Task ServeAsync(ConnectionContext socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return ServeToEndAsync(socket);
    }

    /// <summary>Serves one connection and says why it ended.</summary>
    internal async Task<ConnectionEnd> ServeToEndAsync(ConnectionContext socket)
    {
        int number = Interlocked.Increment(ref _connections);
        IPAddress? peer = (socket.RemoteEndPoint as IPEndPoint)?.Address; // None on a Unix socket.
        string? crowd = peer is null ? null : _peers.Enter(peer);
        TransportMetrics.Opened();
        ConnectionEnd end = ConnectionEnd.Vanished;
        try
        {
            using WireConnection connection = new(this, socket, _log);
            if (Draining.IsCancellationRequested)
            {
                connection.End(ConnectionEnd.Away(GoAwayCode.Draining, "The daemon is going down."));
            }
            else if (number > Options.ConnectionsMax)
            {
                connection.End(ConnectionEnd.Away(
                    GoAwayCode.ConnectionsFull,
                    $"{Options.ConnectionsMax} connections are open, which is the most."));
            }
            else if (crowd is not null)
            {
                connection.End(ConnectionEnd.Away(GoAwayCode.ConnectionsFull, crowd));
            }

            end = await connection.RunAsync().ConfigureAwait(false);
            return end;
        }
        finally
        {
            TransportMetrics.Closed(end.Reason);
            if (peer is not null)
            {
                _peers.Leave(peer);
            }

            if (Interlocked.Decrement(ref _connections) == 0 && Draining.IsCancellationRequested)
            {
                _empty.TrySetResult();
            }
        }
    }

    /// <summary>Sends every client a GOAWAY with its resume cursor and waits until they have left.</summary>
    /// <param name="stopping">Ends the wait; connections then end with their sockets.</param>
    /// <returns>Done when no connection is open, <see cref="TransportOptions.LeaveTimeout"/> later at most.</returns>
    public async Task DrainAsync(CancellationToken stopping)
    {
        await _draining.CancelAsync().ConfigureAwait(false);
        if (Connections > 0)
        {
            await _empty.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _draining.Dispose();
}
