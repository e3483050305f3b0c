using System.Buffers;
using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: the conversation of docs/spec/wire.md, from hello to goodbye, with an honest client.</summary>
public sealed class WireConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Welcome_says_where_the_client_is_and_what_it_must_be_ready_for()
    {
        await using WireRig rig = new();
        rig.Log.Add(7);
        WirePeer peer = rig.Connect();

        WelcomeFrame welcome = await peer.JoinAsync(WirePeer.Hello(cursor: 3));

        Assert.Equal(new WelcomeFrame(2, rig.Log.StreamId, 3, 7, (32 << 20) + 4096, 10), welcome);
    }

    [Fact]
    public async Task Sample_arrives_as_it_was_stored()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync();
        rig.Log.Add(1);

        SampleFrame got = await peer.SampleAsync();

        Engine.Items.Sample stored = rig.Log.Make(1);
        Assert.Equal((1, stored.Key, stored.Category), (got.Sequence, got.Key, got.Category));
        Assert.Equal("png", got.ImageExtension);
        Assert.Equal(stored.Image, got.Image.ToArray());
        Assert.Equal(stored.MaskPng, got.MaskPng.ToArray());
        Assert.Equal(stored.Json, got.Json.ToArray());
    }

    [Fact]
    public async Task Two_ranks_get_disjoint_samples_and_together_all()
    {
        await using WireRig rig = new();
        WirePeer zero = await rig.JoinAsync(WirePeer.Hello(rank: 0, world: 2));
        WirePeer one = await rig.JoinAsync(WirePeer.Hello(rank: 1, world: 2));

        rig.Log.Add(100);
        Task<IReadOnlyList<long>> even = zero.SamplesAsync(50);
        Task<IReadOnlyList<long>> odd = one.SamplesAsync(50);

        Assert.Equal(Enumerable.Range(1, 50).Select(at => 2L * at), await even);
        Assert.Equal(Enumerable.Range(0, 50).Select(at => (2L * at) + 1), await odd);
    }

    [Fact]
    public async Task Client_killed_in_the_stream_goes_on_without_loss_and_repeats_only_what_it_had_not_acknowledged()
    {
        await using WireRig rig = new();
        rig.Log.Add(20);
        WirePeer first = await rig.JoinAsync();
        await first.SamplesAsync(10);
        await first.AckAsync(6);
        await rig.AckedAsync(6);
        await first.DisposeAsync();

        WirePeer second = rig.Connect();
        WelcomeFrame welcome = await second.JoinAsync();

        Assert.Equal(6, welcome.Cursor);
        Assert.Equal(Enumerable.Range(7, 14).Select(at => (long)at), await second.SamplesAsync(14));
    }

    [Fact]
    public async Task Client_with_its_own_cursor_gets_exactly_what_comes_after_it_twice_in_a_row()
    {
        await using WireRig rig = new();
        rig.Log.Add(20);
        foreach (long cursor in new[] { 10L, 4L, 15L })
        {
            WirePeer peer = await rig.JoinAsync(WirePeer.Hello(cursor: cursor));
            Assert.Equal([cursor + 1, cursor + 2], await peer.SamplesAsync(2));
            await peer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Heartbeat_of_a_client_acknowledges_and_that_of_the_server_says_the_newest_sequence()
    {
        await using WireRig rig = new();
        rig.Log.Add(3);
        WirePeer peer = await rig.JoinAsync();
        await peer.SamplesAsync(3);

        peer.Frames.Number(FrameType.Heartbeat, 2);
        await peer.FlushAsync();
        byte[]? beat = await rig.AdvanceUntilAsync(peer.ReadAsync(), rig.Options.HeartbeatInterval / 4);

        Assert.Equal(3, FrameReader.Number(new ReadOnlySequence<byte>(beat!), FrameType.Heartbeat));
        await rig.AckedAsync(2);
    }

    [Fact]
    public async Task Second_connection_for_a_rank_takes_it_and_the_first_is_told()
    {
        await using WireRig rig = new();
        rig.Log.Add(3);
        WirePeer first = await rig.JoinAsync();
        await first.SamplesAsync(3);
        await first.AckAsync(1);
        await rig.AckedAsync(1);

        WirePeer second = await rig.JoinAsync();

        GoAwayFrame away = await first.GoAwayAsync();
        await first.CloseAsync();
        Assert.Equal((GoAwayCode.Replaced, 1L), (away.Code, away.ResumeCursor!.Value));
        Assert.Equal("replaced", (await first.Served).Reason);
        Assert.Equal([2, 3], await second.SamplesAsync(2));
    }

    [Fact]
    public async Task Drained_client_learns_its_cursor_and_its_late_acknowledgement_still_counts()
    {
        await using WireRig rig = new();
        rig.Log.Add(5);
        WirePeer peer = await rig.JoinAsync();
        await peer.SamplesAsync(5);
        await peer.AckAsync(2);
        await rig.AckedAsync(2);

        Task drained = rig.Server.DrainAsync(Token);
        GoAwayFrame away = await peer.GoAwayAsync();
        await peer.AckAsync(5);
        await peer.CloseAsync();
        await drained.WaitAsync(Token);

        Assert.Equal((GoAwayCode.Draining, 2L), (away.Code, away.ResumeCursor!.Value));
        Assert.Equal(5, rig.Hub.Snapshot().Groups.Single().CursorByRank[0]);
    }

    [Fact]
    public async Task Drained_client_that_stays_is_left_after_its_time()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync();

        Task drained = rig.Server.DrainAsync(Token);
        await peer.GoAwayAsync();
        await rig.AdvanceUntilAsync(peer.Served, TimeSpan.FromSeconds(1));

        await drained.WaitAsync(Token);
        Assert.Equal(0, rig.Server.Connections);
    }

    [Fact]
    public async Task Draining_server_lets_nobody_in()
    {
        await using WireRig rig = new();
        await rig.Server.DrainAsync(Token);

        GoAwayFrame away = await rig.Connect().GoAwayAsync();

        Assert.Equal(new GoAwayFrame(GoAwayCode.Draining, "The daemon is going down.", null), away);
    }

    [Fact]
    public async Task Removed_group_is_told()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync();

        await rig.Hub.RemoveAsync("train", Token);

        Assert.Equal(GoAwayCode.Removed, (await peer.GoAwayAsync()).Code);
    }

    [Fact]
    public async Task Shuffled_group_gets_positions_in_order_and_its_sequences_permuted()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync(WirePeer.Hello() with { ShuffleWindow = 8, ShuffleSeed = 3 });
        rig.Log.Add(8);

        List<SampleFrame> got = [];
        for (int i = 0; i < 8; i++)
        {
            got.Add(await peer.SampleAsync());
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], got.Select(at => at.Position));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], got.Select(at => at.Sequence).Order());
        Assert.All(got, at => Assert.Equal(rig.Log.Make(at.Sequence).Key, at.Key));
    }

    [Fact]
    public async Task Ended_plan_sends_the_last_block_and_says_goodbye_after_the_last_acknowledgement()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync(WirePeer.Hello() with { ShuffleWindow = 8 });
        rig.Log.Add(3);

        await rig.Hub.EndAsync(Token);
        IReadOnlyList<long> tail = await peer.SamplesAsync(3);
        await peer.AckAsync(2);
        await peer.AckAsync(3);
        GoAwayFrame away = await peer.GoAwayAsync();
        await peer.CloseAsync();

        Assert.Equal([1, 2, 3], tail.Order());
        Assert.Equal((GoAwayCode.Ended, 3L), (away.Code, away.ResumeCursor!.Value));
        Assert.Equal("ended", (await peer.Served).Reason);
    }

    [Fact]
    public async Task Drain_right_after_the_last_acknowledgement_still_says_that_it_is_the_end()
    {
        await using WireRig rig = new();
        rig.Log.Add(1);
        await rig.Hub.EndAsync(Token);
        WirePeer peer = await rig.JoinAsync();
        await peer.SamplesAsync(1);

        await peer.AckAsync(1);
        await rig.AckedAsync(1);
        Task drained = rig.Server.DrainAsync(Token);

        Assert.Equal(GoAwayCode.Ended, (await peer.GoAwayAsync()).Code);
        await peer.CloseAsync();
        await drained.WaitAsync(Token);
    }

    [Fact]
    public async Task Slow_consumer_stops_its_own_group_only_and_then_the_line()
    {
        await using WireRig rig = new(deliver: new DeliverOptions { BacklogMaxItems = 10 });
        DeliverStep step = new(rig.Hub);
        WirePeer slow = await rig.JoinAsync(WirePeer.Hello("slow", frames: 2));
        WirePeer fast = await rig.JoinAsync(WirePeer.Hello("fast"));
        rig.Log.Add(50);

        await slow.SamplesAsync(2);
        IReadOnlyList<long> got = await fast.SamplesAsync(50);
        await fast.AckAsync(50);
        await rig.AckedAsync(50, "fast");
        await step.RunAsync(MemorySampleLog.Stored(9), Token);
        Task blocked = step.RunAsync(MemorySampleLog.Stored(11), Token).AsTask();
        string? blockedBy = rig.Hub.Snapshot().BlockedBy;
        await slow.AckAsync(2);

        Assert.Equal(50, got.Count);
        Assert.Equal("slow", blockedBy);
        await blocked.WaitAsync(Token);
    }
}
