using System.Buffers;
using System.Buffers.Binary;
using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>
/// Goal: whatever a client does wrong costs its own connection only, has a reason and, while it can be told, a GOAWAY.
/// Method: each test keeps an honest client beside the hostile one and asks it for a sample at the end.
/// </summary>
public sealed class HostileClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("47 45 54 20 2f 20 48 54", GoAwayCode.FrameTooLarge)] // GET / HT
    [InlineData("ff ff ff ff", GoAwayCode.FrameTooLarge)] // 4 GiB
    [InlineData("00 01 00 01", GoAwayCode.FrameTooLarge)] // 64 KiB and 1 B
    [InlineData("00 00 00 00", GoAwayCode.Malformed)]
    [InlineData("00 00 00 04 de ad be ef", GoAwayCode.Malformed)]
    [InlineData("00 00 00 03 92 05 01", GoAwayCode.UnexpectedFrame)] // ACK first
    [InlineData("00 00 00 03 92 01 01", GoAwayCode.VersionUnsupported)]
    public async Task First_bytes_that_are_no_hello_end_the_connection_with_a_code(string hex, GoAwayCode expected)
    {
        await using WireRig rig = new();
        WirePeer honest = await rig.JoinAsync();
        WirePeer hostile = rig.Connect();

        await hostile.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        GoAwayFrame away = await hostile.GoAwayAsync();
        await hostile.CloseAsync();

        Assert.Equal((expected, null), (away.Code, away.ResumeCursor));
        Assert.Equal(expected.Name(), (await hostile.Served).Reason);
        await AssertServedAsync(rig, honest);
    }

    [Theory]
    [InlineData("00 00 00 01 c1", GoAwayCode.Malformed)]
    [InlineData("7f ff ff ff", GoAwayCode.FrameTooLarge)]
    [InlineData("00 00 00 03 92 05 01", GoAwayCode.AckAhead)]
    [InlineData("00 00 00 03 92 06 01", GoAwayCode.AckAhead)]
    [InlineData("00 00 00 02 91 09", GoAwayCode.UnexpectedFrame)]
    [InlineData("00 00 00 05 94 07 01 a0 c0", GoAwayCode.UnexpectedFrame)] // a client's GOAWAY
    [InlineData("00 00 00 12 9c 01 02 c0 a5 74 72 61 69 6e 00 01 c0 c0 01 01 00 00", GoAwayCode.UnexpectedFrame)]
    [InlineData("00 00 00 07 93 03 ce 00 10 00 00 01", GoAwayCode.Malformed)] // a byte too many
    [InlineData("00 00 00 08 93 03 ce 00 10 00 00 01", GoAwayCode.CreditOverflow)]
    [InlineData("00 00 00 0c 93 03 01 cf 00 00 01 00 00 00 00 00", GoAwayCode.CreditOverflow)]
    public async Task Wrong_frame_after_the_welcome_ends_the_connection_with_a_code(string hex, GoAwayCode expected)
    {
        await using WireRig rig = new();
        WirePeer honest = await rig.JoinAsync();
        WirePeer hostile = await rig.JoinAsync(WirePeer.Hello("hostile"));

        await hostile.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        GoAwayFrame away = await hostile.GoAwayAsync();

        Assert.Equal((expected, 0L), (away.Code, away.ResumeCursor!.Value));
        await AssertServedAsync(rig, honest);
    }

    [Theory]
    [InlineData("a b", 0, 1, GoAwayCode.InvalidHello)]
    [InlineData("hostile", 1, 1, GoAwayCode.InvalidHello)]
    [InlineData("hostile", 0, 4096, GoAwayCode.InvalidHello)]
    [InlineData("train", 0, 2, GoAwayCode.WorldMismatch)]
    [InlineData("train", 0, 1, GoAwayCode.OrderMismatch, 8)]
    [InlineData("hostile", 0, 1, GoAwayCode.InvalidHello, 513)]
    [InlineData("hostile", 0, 1, GoAwayCode.InvalidHello, int.MaxValue)]
    public async Task Hello_that_the_hub_refuses_is_answered_with_its_code(
        string group, int rank, int world, GoAwayCode expected, int window = 0)
    {
        await using WireRig rig = new();
        WirePeer honest = await rig.JoinAsync();
        WirePeer hostile = rig.Connect();

        hostile.Frames.Hello(WirePeer.Hello(group, rank, world) with { ShuffleWindow = window });
        await hostile.FlushAsync();

        Assert.Equal(expected, (await hostile.GoAwayAsync()).Code);
        await AssertServedAsync(rig, honest);
    }

    [Fact]
    public async Task Cursor_ahead_and_a_group_too_many_are_answered_with_their_codes()
    {
        await using WireRig rig = new(deliver: new DeliverOptions { GroupsMax = 1 });
        WirePeer ahead = rig.Connect();
        WirePeer honest = await rig.JoinAsync();
        WirePeer other = rig.Connect();

        ahead.Frames.Hello(WirePeer.Hello(cursor: 1));
        await ahead.FlushAsync();
        other.Frames.Hello(WirePeer.Hello("other"));
        await other.FlushAsync();

        Assert.Equal(GoAwayCode.CursorAhead, (await ahead.GoAwayAsync()).Code);
        Assert.Equal(GoAwayCode.GroupsFull, (await other.GoAwayAsync()).Code);
        await AssertServedAsync(rig, honest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("correct-horse-batterz")]
    [InlineData("correct-horse-battery-and-more")]
    public async Task Wrong_token_is_refused_without_a_word_about_the_right_one(string? token)
    {
        const string Secret = "correct-horse-battery";
        await using WireRig rig = new(new TransportOptions { Token = Secret });
        WirePeer honest = await rig.JoinAsync(WirePeer.Hello(token: Secret));
        WirePeer hostile = rig.Connect();

        hostile.Frames.Hello(WirePeer.Hello("hostile", token: token));
        await hostile.FlushAsync();

        Assert.Equal(
            new GoAwayFrame(GoAwayCode.Unauthorized, "The token is missing or wrong.", null),
            await hostile.GoAwayAsync());
        Assert.Single(rig.Hub.Snapshot().Groups);
        await AssertServedAsync(rig, honest);
    }

    [Fact]
    public async Task Client_that_says_nothing_is_disconnected_when_its_time_is_up()
    {
        await using WireRig rig = new();
        WirePeer hostile = rig.Connect();
        await hostile.SendAsync(new byte[] { 0, 0, 0 });

        rig.Clock.Advance(TimeSpan.FromSeconds(9));
        bool isEarly = hostile.Served.IsCompleted;
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(isEarly);
        GoAwayFrame away = await hostile.GoAwayAsync();
        Assert.Equal((GoAwayCode.HandshakeTimeout, "No hello came within 10 s."), (away.Code, away.Message));
    }

    [Fact]
    public async Task Client_that_falls_silent_is_disconnected_after_the_idle_time_and_not_before()
    {
        await using WireRig rig = new();
        WirePeer hostile = await rig.JoinAsync();
        await WireRig.UntilAsync(() => rig.Clock.TimersArmed == 3); // the check, the beat, the cursors

        for (int beat = 1; beat <= 6; beat++)
        {
            rig.Clock.Advance(rig.Options.HeartbeatInterval);
            byte[]? frame = await hostile.ReadAsync();
            Assert.Equal(FrameType.Heartbeat, FrameReader.TypeOf(new ReadOnlySequence<byte>(frame!)));
        }

        rig.Clock.Advance(rig.Options.HeartbeatInterval);

        GoAwayFrame away = await hostile.GoAwayAsync();
        Assert.Equal(GoAwayCode.Idle, away.Code);
        Assert.Equal("Nothing was heard for 00:01:10; the bound is 00:01:00.", away.Message);
    }

    [Fact]
    public async Task Client_that_takes_nothing_is_cut_off_though_it_goes_on_sending()
    {
        await using WireRig rig = new(log: new MemorySampleLog(imageBytes: 50_000));
        WirePeer honest = await rig.JoinAsync();
        WirePeer hostile = await rig.JoinAsync(WirePeer.Hello("hostile"));
        rig.Log.Add(10);
        await honest.SamplesAsync(10);

        Task<ConnectionEnd> served = hostile.Served;
        while (!served.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            honest.Frames.Number(FrameType.Heartbeat, 0);
            await honest.FlushAsync();
            hostile.Frames.Number(FrameType.Heartbeat, 0);
            await hostile.FlushAsync();
            await Task.Yield();
        }

        Assert.Equal("stalled", (await served).Reason);
        Assert.True(rig.Hub.Snapshot().Groups[0].Connections == 0, "the hostile group is still connected");
    }

    [Fact]
    public async Task Client_that_vanishes_in_a_frame_is_told_from_one_that_closes_between_two()
    {
        await using WireRig rig = new();
        WirePeer vanishes = await rig.JoinAsync(WirePeer.Hello("a"));
        WirePeer closes = await rig.JoinAsync(WirePeer.Hello("b"));

        await vanishes.SendAsync(new byte[] { 0, 0, 0, 3, 0x92 });
        await vanishes.CloseAsync();
        await closes.CloseAsync();

        Assert.Equal("client_vanished", (await vanishes.Served).Reason);
        Assert.Equal("client_closed", (await closes.Served).Reason);
    }

    [Fact]
    public async Task Connection_beyond_the_bound_is_told_and_room_comes_back_with_the_next_that_leaves()
    {
        await using WireRig rig = new(new TransportOptions { ConnectionsMax = 1 });
        WirePeer first = await rig.JoinAsync();

        WirePeer tooMany = rig.Connect();
        GoAwayFrame away = await tooMany.GoAwayAsync();
        await tooMany.DisposeAsync();
        await first.DisposeAsync();
        WirePeer next = rig.Connect();

        Assert.Equal(GoAwayCode.ConnectionsFull, away.Code);
        Assert.Equal("1 connections are open, which is the most.", away.Message);
        await next.JoinAsync();
    }

    [Fact]
    public async Task Sample_beyond_the_frame_is_no_silent_loss()
    {
        TransportOptions options = new() { SampleBytesMax = 4096 };
        await using WireRig rig = new(options, log: new MemorySampleLog(imageBytes: 9000));
        WirePeer peer = await rig.JoinAsync();

        rig.Log.Add(1);
        GoAwayFrame away = await peer.GoAwayAsync();

        Assert.Equal(GoAwayCode.SampleTooLarge, away.Code);
        Assert.Contains("more than the server's sample_bytes_max of 4096; raise it there", away.Message);
    }

    [Fact]
    public async Task Fault_of_the_log_ends_one_connection_as_internal_and_is_not_told_in_detail()
    {
        await using WireRig rig = new();
        WirePeer honest = await rig.JoinAsync();
        rig.Log.FailNextRead = new InvalidDataException("shard 7 is damaged at /secret/path");

        rig.Log.Add(1);
        GoAwayFrame away = await honest.GoAwayAsync();
        WirePeer again = await rig.JoinAsync();

        Assert.Equal(GoAwayCode.Internal, away.Code);
        Assert.DoesNotContain("secret", away.Message);
        Assert.Equal([1], await again.SamplesAsync(1));
    }

    [Fact]
    public async Task Slow_bytes_one_at_a_time_are_put_together()
    {
        await using WireRig rig = new();
        rig.Log.Add(1);
        WirePeer peer = rig.Connect();
        foreach (byte one in SpecExamples.Read()[1].Frame)
        {
            await peer.SendAsync(new[] { one });
        }

        await peer.ReadAsync();

        Assert.Equal([1], await peer.SamplesAsync(1));
    }

    private static async Task AssertServedAsync(WireRig rig, WirePeer honest)
    {
        long next = rig.Log.LastSequence + 1;
        rig.Log.Add(1);
        Assert.Equal([next], await honest.SamplesAsync(1));
    }
}
