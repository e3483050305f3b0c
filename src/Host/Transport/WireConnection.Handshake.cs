using System.Buffers;
using Engine.Pipeline.Deliver;
using Microsoft.Extensions.Logging;

namespace Host.Transport;

/// <summary>From the first byte to the welcome.</summary>
internal sealed partial class WireConnection
{
    private async Task ShakeHandsAsync(CancellationToken stopping)
    {
        if (await ReadHelloAsync(stopping).ConfigureAwait(false) is not { } hello) // (1)
        {
            return;
        }

        if (!_server.Tokens.Allows(hello.Token)) // (2)
        {
            End(ConnectionEnd.Away(GoAwayCode.Unauthorized, "The token is missing or wrong."));
            return;
        }

        _credit.Grant(new CreditFrame(hello.CreditFrames, hello.CreditBytes));
        RankLink link = _server.Hub.Attach(
            hello.Group, new RankShare(hello.Rank, hello.World), hello.Cursor, hello.StreamId,
            new DeliveryOrder(hello.ShuffleWindow, hello.ShuffleSeed));
        _link = link;
        _log.LogInformation(
            "Connection {Connection} is group {Group} rank {Rank} of {World}, after position {Cursor}.",
            _socket.ConnectionId, hello.Group, hello.Rank, hello.World, link.StartCursor);

        WelcomeFrame welcome = new( // (3)
            WireLimits.Version, _server.Hub.StreamId, link.StartCursor, _server.Hub.LastSequence,
            Options.FrameBytesMax, (int)Options.HeartbeatInterval.TotalSeconds);
        if (await _output.SendAsync(welcome, static (to, frame) => to.Welcome(frame), stopping)
            .ConfigureAwait(false) < 0)
        {
            End(ConnectionEnd.Vanished);
        }
    }

    private async Task<HelloFrame?> ReadHelloAsync(CancellationToken stopping)
    {
        using CancellationTokenSource late = new(Options.HandshakeTimeout, _server.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        HelloFrame? hello = null;
        bool TakeHello(ReadOnlySequence<byte> payload)
        {
            hello = ToHello(payload);
            return false;
        }

        try
        {
            InputEnd end = await _input.ReadAsync(TakeHello, either.Token).ConfigureAwait(false);
            if (end != InputEnd.Enough)
            {
                End(end == InputEnd.Closed ? ConnectionEnd.Closed : ConnectionEnd.Vanished);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            End(ConnectionEnd.Away(
                GoAwayCode.HandshakeTimeout, $"No hello came within {Options.HandshakeTimeout.TotalSeconds} s."));
        }

        _heardAt = _server.Clock.GetTimestamp();
        return hello;
    }

    private static HelloFrame ToHello(ReadOnlySequence<byte> payload)
    {
        FrameType type = FrameReader.TypeOf(payload);
        if (type != FrameType.Hello)
        {
            throw new WireFormatException(
                GoAwayCode.UnexpectedFrame, $"The first frame is {type}; it must be {FrameType.Hello}.");
        }

        int version = FrameReader.HelloVersion(payload);
        return version == WireLimits.Version
            ? FrameReader.Hello(payload)
            : throw new WireFormatException(
                GoAwayCode.VersionUnsupported,
                $"The client speaks version {version}; this server speaks {WireLimits.Version}.");
    }

    private static GoAwayCode CodeOf(DeliverRefusal refusal) => refusal switch
    {
        DeliverRefusal.InvalidGroup or DeliverRefusal.InvalidShare or DeliverRefusal.InvalidOrder =>
            GoAwayCode.InvalidHello,
        DeliverRefusal.GroupsFull => GoAwayCode.GroupsFull,
        DeliverRefusal.WorldMismatch => GoAwayCode.WorldMismatch,
        DeliverRefusal.OrderMismatch => GoAwayCode.OrderMismatch,
        DeliverRefusal.CursorAhead => GoAwayCode.CursorAhead,
        DeliverRefusal.CursorLost => GoAwayCode.CursorLost,
        DeliverRefusal.StreamChanged => GoAwayCode.StreamChanged,
        DeliverRefusal.AckAhead => GoAwayCode.AckAhead,
        DeliverRefusal.Closed => GoAwayCode.Draining,
        _ => GoAwayCode.Internal,
    };
}
