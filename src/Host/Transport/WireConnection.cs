using System.Buffers;
using System.Net.Sockets;
using Engine.Pipeline.Deliver;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Host.Transport;

/// <summary>One connection, from its hello to its end.</summary>
/// <remarks>
/// (1) wait for the hello, (2) let the client in, (3) welcome it, (4) read its frames, send it samples, show it that
/// the server lives and watch for its end, all at once, until the first cause ends all; (5) say why, if there is anyone
/// to say it to, and give it a moment to acknowledge and close.
/// </remarks>
internal sealed partial class WireConnection : IDisposable
{
    private readonly WireServer _server;
    private readonly ConnectionContext _socket;
    private readonly ILogger _log;
    private readonly FrameInput _input;
    private readonly FrameSender _output;
    private readonly CreditAccount _credit = new();
    private readonly CancellationTokenSource _stopping = new();
    private ConnectionEnd? _end; // First write wins; written through Interlocked only.
    private RankLink? _link; // Set once, by (2).
    private long _heardAt; // The time stamp of the client's last whole frame.

    public WireConnection(WireServer server, ConnectionContext socket, ILogger log)
    {
        (_server, _socket, _log) = (server, socket, log);
        _input = new FrameInput(socket.Transport.Input, WireLimits.ClientFrameBytesMax);
        _output = new FrameSender(OutputOf(socket), server.Clock);
        _heardAt = server.Clock.GetTimestamp();
    }

    private TransportOptions Options => _server.Options;

    /// <summary>Ends the connection for a cause, unless it has one already.</summary>
    public void End(ConnectionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, comparand: null) is null)
        {
            _stopping.Cancel();
        }
    }

    /// <summary>Runs the connection to its end.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<ConnectionEnd> RunAsync()
    {
        CancellationToken asked = _socket.Features.Get<IConnectionLifetimeNotificationFeature>()
            ?.ConnectionClosedRequested ?? CancellationToken.None;
        using (_server.Draining.Register(EndDraining))
        using (asked.Register(EndDraining))
        {
            await GuardAsync(ShakeHandsAsync).ConfigureAwait(false); // (1) to (3)
            if (_link is { } link)
            {
                await Task.WhenAll( // (4)
                    GuardAsync(HearAsync), GuardAsync(SendAsync), GuardAsync(CheckAsync), GuardAsync(BeatAsync),
                    GuardAsync(stopping => WatchAsync(link, stopping))).ConfigureAwait(false);
            }
        }

        ConnectionEnd end = _end ?? throw new InvalidOperationException("A connection ended without a cause.");
        await LeaveAsync(end).ConfigureAwait(false); // (5)
        _log.LogInformation(
            "Connection {Connection} of group {Group} rank {Rank} ended: {Reason}. {Message}",
            _socket.ConnectionId, _link?.GroupName ?? "-", _link?.Share.Rank ?? -1, end.Reason, end.Message);
        return end;
    }

    public void Dispose()
    {
        _link?.Dispose();
        _output.Dispose();
        _stopping.Dispose();
    }

    private static IFrameOutput OutputOf(ConnectionContext socket) =>
        socket.Features.Get<ITlsHandshakeFeature>() is null
        && socket.Features.Get<IConnectionSocketFeature>() is { Socket: { } plain }
            ? SocketOutput.Over(plain)
            : new PipeOutput(socket.Transport.Output);

    // A link that the hub has ended already is told why, also when the daemon goes down at the same moment.
    private void EndDraining() => End(EndOf(_link));

    /// <summary>Runs a part of the connection; whatever it throws ends this connection and no other.</summary>
    private async Task GuardAsync(Func<CancellationToken, Task> part)
    {
        try
        {
            await part(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Another part has found the cause.
        }
        catch (WireFormatException broken)
        {
            End(ConnectionEnd.Away(broken.Code, broken.Message));
        }
        catch (DeliverRefusedException refused)
        {
            End(ConnectionEnd.Away(CodeOf(refused.Refusal), refused.Message));
        }
        catch (Exception gone) when (gone is IOException or SocketException or ConnectionAbortedException)
        {
            End(ConnectionEnd.Vanished);
        }
        catch (Exception cause)
        {
            // A fault of ours, such as a damaged shard: it must not take the other connections with it.
            _log.LogError(cause, "Connection {Connection} failed.", _socket.ConnectionId);
            End(ConnectionEnd.Away(GoAwayCode.Internal, "The daemon failed to serve this connection; see its log."));
        }
    }

    private async Task LeaveAsync(ConnectionEnd end)
    {
        if (end.Code is { } code && code != GoAwayCode.Stalled)
        {
            await SayGoodbyeAsync(code, end.Message).ConfigureAwait(false);
        }

        // Else the transport would go on trying to send what a peer that reads nothing will never take.
        _socket.Abort();
    }

    private async Task SayGoodbyeAsync(GoAwayCode code, string message)
    {
        if (code != GoAwayCode.Draining)
        {
            _link?.Dispose(); // Its cursor stays known; only a drained client still acknowledges.
        }

        using CancellationTokenSource limit = new(Options.LeaveTimeout, _server.Clock);
        try
        {
            GoAwayFrame away = new(code, message, _link?.Cursor);
            await _output.SendAsync(away, static (to, frame) => to.GoAway(frame), limit.Token).ConfigureAwait(false);

            // Closing a socket with unread bytes resets it, and a reset can overtake the GOAWAY. So read on for a
            // moment: a client that is told of a drain still acknowledges, anything else is thrown away.
            await (code == GoAwayCode.Draining && _link is not null
                ? _input.ReadAsync(TakeWhileLeaving, limit.Token)
                : _input.DiscardAsync(limit.Token)).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException
            or WireFormatException or DeliverRefusedException or InvalidOperationException)
        {
            // The time is up or the peer has gone; it has been told as far as that was possible.
        }
    }

    private bool TakeWhileLeaving(ReadOnlySequence<byte> payload)
    {
        Take(payload);
        return true;
    }
}
