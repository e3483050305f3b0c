using Engine.Pipeline.Deliver;
using Engine.Tests.Pipeline.Deliver;
using Host.Transport;
using Tests.Shared;
using static Host.Tests.Transport.ScriptedServer;

namespace Host.Tests.Transport;

/// <summary>Goal: a client sees each sample once, in order, whatever becomes of its connections and of its server.
/// </summary>
public sealed class WireClientTests
{
    private static readonly MemorySampleLog Samples = new();
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reconnect_says_the_acknowledged_cursor_and_its_stream_and_what_comes_again_is_dropped()
    {
        await using ScriptedServer server = new(
            async (self, stream) =>
            {
                await self.WelcomeAsync(stream);
                await SendAsync(stream, 1, 2, 3); // and then it is gone
            },
            async (self, stream) =>
            {
                await self.WelcomeAsync(stream, cursor: 1);
                await SendAsync(stream, 2, 3, 4);
                await ReadAsync(stream);
            });
        await using WireClient client = new(server.ClientOptions, TimeProvider.System);

        List<long> got = await TakeAsync(client, 4, ackUpTo: 1);

        Assert.Equal([1, 2, 3, 4], got);
        Assert.Equal([(null, null), (1L, "s")], server.Hellos.Select(hello => (hello.Cursor, hello.StreamId)));
    }

    [Fact]
    public async Task Acknowledgement_of_what_came_over_the_connection_before_is_no_error_on_the_next()
    {
        await using WireHost host = await WireHost.StartAsync(log: new MemorySampleLog(imageBytes: 100_000));
        host.Log.Add(6);
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        await TakeAsync(client, 4);
        await using WireClient twin = new(host.ClientOptions(), TimeProvider.System);

        await TakeAsync(twin, 1);
        await twin.AckAsync(4, Token);

        await WireRig.UntilAsync(() => host.Hub.Snapshot().Groups.Single().CursorByRank[0] == 4);
        List<long> rest = [];
        while (rest is not [.., 6])
        {
            rest.AddRange(await TakeAsync(twin, 1));
        }

        // What was acknowledged before it was read again for this connection is not sent any more.
        Assert.Equal([5, 6], rest.Where(sequence => sequence > 4));
        Assert.Equal(rest.Order(), rest);
    }

    [Fact]
    public async Task Connections_that_bring_nothing_are_not_tried_without_a_pause()
    {
        int attempts = 0;
        Func<ScriptedServer, System.Net.Sockets.NetworkStream, Task> welcomesAndGoes = async (self, stream) =>
        {
            attempts++;
            await self.WelcomeAsync(stream);
        };
        await using ScriptedServer server = new([.. Enumerable.Repeat(welcomesAndGoes, 5)]);
        List<TimeSpan> pauses = [];
        await using WireClient client = new(
            server.ClientOptions with { RetryFor = Timeout.InfiniteTimeSpan }, TimeProvider.System)
        {
            Retrying = (_, pause) => pauses.Add(pause),
        };
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task reading = Task.Run(
            async () =>
            {
                await foreach (SampleFrame none in client.ReadAllAsync(stop.Token))
                {
                    Assert.Fail($"{none}");
                }
            },
            Token);
        await WireRig.UntilAsync(() => Volatile.Read(ref attempts) == 5);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(pauses.Count >= 4);
        Assert.All(pauses.Take(4).Select((pause, i) => (pause.TotalMilliseconds, i)), at =>
            Assert.InRange(at.TotalMilliseconds, 0.5 * Math.Pow(2, at.i), Math.Pow(2, at.i)));
    }

    [Fact]
    public async Task Restarted_server_costs_no_sample_and_brings_none_twice()
    {
        using TempFolder folder = new();
        string path = "unix:" + folder.File("wire.sock");
        MemorySampleLog log = new();
        log.Add(20);
        WireHost host = await WireHost.StartAsync(path, log);
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        List<long> got = [];
        await foreach (SampleFrame sample in client.ReadAllAsync(Token))
        {
            got.Add(sample.Sequence);
            await client.AckAsync(sample.Sequence - 2 > 0 ? sample.Sequence - 2 : 0, Token);
            if (got.Count is 5 or 12)
            {
                await host.DisposeAsync();
                host = await WireHost.StartAsync(path, log);
            }
            else if (got.Count == 20)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(at => (long)at), got);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Demand_is_said_while_the_loop_waits_and_the_later_one_replaces_the_earlier()
    {
        await using WireHost host = await WireHost.StartAsync();
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        await client.DemandAsync(Weights(("yak", 3), ("bath towel", 1)), Token); // before there is a connection
        Task<List<long>> waiting = TakeAsync(client, 1);

        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 2);
        double first = host.Hub.Demand.Weights["yak"];
        await client.DemandAsync(Weights(("yak", 1), ("bath towel", 1), ("coin", 2)), Token);
        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 3);
        double second = host.Hub.Demand.Weights["yak"];
        await client.DemandAsync(Weights(), Token);
        await WireRig.UntilAsync(() => ReferenceEquals(host.Hub.Demand, Engine.Items.Demand.None));
        host.Log.Add(1);

        Assert.Equal([1], await waiting);
        Assert.Equal((1.5, 0.75), (first, second)); // over the mean of what was asked for
    }

    [Fact]
    public async Task Demand_is_said_again_to_a_server_that_was_restarted()
    {
        using TempFolder folder = new();
        string path = "unix:" + folder.File("wire.sock");
        MemorySampleLog log = new();
        Dictionary<string, double> asked = Weights(("yak", 3), ("bath towel", 1));
        await using WireHost first = await WireHost.StartAsync(path, log);
        await using WireClient client = new(first.ClientOptions(), TimeProvider.System);
        Task<List<long>> waiting = TakeAsync(client, 1);
        await client.DemandAsync(asked, Token);
        await WireRig.UntilAsync(() => first.Hub.Demand.Weights.Count == 2);
        asked.Clear(); // the caller's own: the client keeps what was said

        await first.DisposeAsync();
        await using WireHost second = await WireHost.StartAsync(path, log);

        await WireRig.UntilAsync(() => second.Hub.Demand.Weights.Count == 2);
        second.Log.Add(1);
        Assert.Equal([1], await waiting);
        Assert.Equal((1.5, 0.5), (second.Hub.Demand.Weights["yak"], second.Hub.Demand.Weights["bath towel"]));
    }

    [Fact]
    public async Task Demand_beyond_a_bound_is_refused_with_value_and_bound_and_what_was_said_before_stays()
    {
        await using WireHost host = await WireHost.StartAsync();
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        await client.DemandAsync(Weights(("yak", 3), ("bath towel", 1)), Token);
        (Dictionary<string, double> Weights, string Said)[] wrong =
        [
            (Weights(("yak", double.NaN)), "The weight of 'yak' is NaN; it must be 0 to 1000000000."),
            (Weights(("yak", -0.5)), "The weight of 'yak' is -0.5; it must be 0 to 1000000000."),
            (Weights(("yak", double.PositiveInfinity)), "The weight of 'yak' is Infinity; it must be 0 to 1000000000."),
            (Weights(("yak", 1.1e9)), "The weight of 'yak' is 1100000000; it must be 0 to 1000000000."),
            (Weights((new string('\u00e9', 513), 1)), "' has 1026 bytes; it must have at most 1024."),
            (Many(4097, "n"), "The demand has 4097 categories; it must have at most 4096."),
            (Many(64, new string('n', 1020)), " as a frame; they must have at most 65536."),
        ];

        foreach ((Dictionary<string, double> weights, string said) in wrong)
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
                async () => await client.DemandAsync(weights, Token));
            Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        }

        host.Log.Add(1);
        await TakeAsync(client, 1);
        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 2);
    }

    [Fact]
    public async Task Demand_at_its_bounds_is_taken_by_the_server()
    {
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(1);
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        await TakeAsync(client, 1);

        await client.DemandAsync(Many(4096, "n"), Token);
        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 4096);
        await client.DemandAsync(Weights((new string('\u00e9', 512), 0), ("yak", 1e9)), Token);
        await WireRig.UntilAsync(() => host.Hub.Demand.Weights.Count == 2);

        Assert.Equal(2, host.Hub.Demand.Weights["yak"]);
    }

    [Fact]
    public async Task Last_acknowledgement_before_a_close_arrives_though_samples_are_still_on_their_way()
    {
        await using WireHost host = await WireHost.StartAsync(log: new MemorySampleLog(imageBytes: 200_000));
        host.Log.Add(60);
        WireClient client = new(host.ClientOptions(), TimeProvider.System);
        await using (client)
        {
            await TakeAsync(client, 3, ackUpTo: 3);
        }

        await WireRig.UntilAsync(() => host.Hub.Snapshot().Groups.Single().Connections == 0);
        Assert.Equal([3L], host.Hub.Snapshot().Groups.Single().CursorByRank);
    }

    [Fact]
    public async Task Final_code_is_thrown_and_not_tried_again()
    {
        await using WireHost host = await WireHost.StartAsync(
            options: new TransportOptions { Token = "0123456789abcdef" });
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);

        WireClosedException refused = await Assert.ThrowsAsync<WireClosedException>(() => TakeAsync(client, 1));

        Assert.Equal(
            "The server ended the connection (unauthorized): The token is missing or wrong.", refused.Message);
    }

    [Fact]
    public async Task Adopted_share_is_acknowledged_again_when_it_comes_again()
    {
        TaskCompletionSource again = new();
        await using ScriptedServer server = new(async (self, stream) =>
        {
            await self.WelcomeAsync(stream);
            await SendAsync(stream, 2, 3);
            await AckOfAsync(stream, 3);
            await SendAsync(stream, 3); // it was acknowledged while its share was another rank's
            await AckOfAsync(stream, 3);
            again.SetResult();
            await SendAsync(stream, 4);
            await ReadAsync(stream);
        });
        await using WireClient client = new(server.ClientOptions with { World = 2 }, TimeProvider.System);

        List<long> got = await TakeAsync(client, 3, ackUpTo: 3);

        Assert.Equal([2, 3, 4], got);
        await again.Task.WaitAsync(Token);
        Assert.Equal(2, client.Cursor); // of its own share
    }

    [Fact]
    public async Task Ended_plan_ends_the_loop_once_all_is_acknowledged()
    {
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(10);
        await host.Hub.EndAsync(Token);
        await using WireClient client = new(host.ClientOptions() with { ShuffleWindow = 4 }, TimeProvider.System);
        List<long> got = [];
        await foreach (SampleFrame sample in client.ReadAllAsync(Token))
        {
            got.Add(sample.Sequence);
            await client.AckAsync(sample.Position, Token);
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(at => (long)at), got.Order());
        Assert.NotEqual(got.Order(), got);
    }

    [Fact]
    public async Task Replaced_client_does_not_fight_its_twin()
    {
        await using WireHost host = await WireHost.StartAsync();
        await using WireClient first = new(host.ClientOptions(), TimeProvider.System);
        await using WireClient second = new(host.ClientOptions(), TimeProvider.System);
        host.Log.Add(1);
        await TakeAsync(first, 1);

        Task<List<long>> waiting = TakeAsync(first, 1);
        await TakeAsync(second, 1);

        WireClosedException replaced = await Assert.ThrowsAsync<WireClosedException>(() => waiting);
        Assert.Equal(GoAwayCode.Replaced, replaced.Away.Code);
    }

    [Fact]
    public async Task Server_that_sends_more_than_the_credit_is_left()
    {
        await using ScriptedServer server = new(async (self, stream) =>
        {
            await self.WelcomeAsync(stream);
            await SendAsync(stream, 1, 2, 3);
            await ReadAsync(stream);
        });
        await using WireSession session = await WireSession.OpenAsync(
            server.ClientOptions with { CreditFrames = 2 }, TimeProvider.System, Token);

        Assert.Equal(1, (await session.ReadAsync(Token)).Frame.Sequence);
        Assert.Equal(2, (await session.ReadAsync(Token)).Frame.Sequence);
        IOException left = await Assert.ThrowsAsync<IOException>(async () => await session.ReadAsync(Token));
        Assert.Contains("A sample came with 0 frames", left.Message);
    }

    [Theory]
    [InlineData("ff ff ff ff 00")]
    [InlineData("00 00 00 00")]
    [InlineData("00 00 00 03 93 03 00")]
    [InlineData("48 54 54 50 2f 31 2e 31")]
    public async Task Server_that_answers_nonsense_is_no_server(string hex)
    {
        await using ScriptedServer server = new(async (_, stream) =>
        {
            await ReadAsync(stream);
            await stream.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), Token);
            await ReadAsync(stream);
        });
        await using WireClient client = new(server.ClientOptions, TimeProvider.System);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => TakeAsync(client, 1));

        Assert.Contains("is no Headwater server", refused.Message);
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_left_after_the_connect_timeout()
    {
        await using ScriptedServer server = new(async (_, stream) =>
        {
            await ReadAsync(stream);
            await stream.ReadExactlyAsync(new byte[1], Token); // until the client leaves
        });
        await using WireClient client = new(
            server.ClientOptions with { ConnectTimeout = TimeSpan.FromSeconds(0.1) }, TimeProvider.System);

        IOException late = await Assert.ThrowsAsync<IOException>(() => TakeAsync(client, 1));

        Assert.Equal($"{server.ClientOptions.Address} did not answer within 0.1 s.", late.Message);
    }

    [Fact]
    public async Task Server_that_has_fallen_silent_is_left_after_three_heartbeats()
    {
        await using ScriptedServer server = new(async (self, stream) =>
        {
            await self.WelcomeAsync(stream, heartbeatSeconds: 1);
            await SendAsync(stream, 1);
            await stream.CopyToAsync(Stream.Null, Token); // hears all, says nothing
        });
        await using WireSession session = await WireSession.OpenAsync(
            server.ClientOptions, TimeProvider.System, Token);

        Assert.Equal(1, (await session.ReadAsync(Token)).Frame.Sequence);
        IOException silent = await Assert.ThrowsAsync<IOException>(
            async () => await session.ReadAsync(Token).AsTask().WaitAsync(HangLimit, Token));

        Assert.Equal("Nothing was heard of the server for 3 s.", silent.Message);
    }

    [Fact]
    public async Task Loop_that_blocks_the_thread_it_was_continued_on_still_gets_what_it_waits_for()
    {
        await using WireHost host = await WireHost.StartAsync();
        WireClient client = new(host.ClientOptions(), TimeProvider.System);
        List<long> got = [];

        Task reading = Task.Run(
            async () =>
            {
                await using IAsyncEnumerator<SampleFrame> samples =
                    client.ReadAllAsync(Token).GetAsyncEnumerator(Token);
                for (int i = 1; i <= 4; i++)
                {
                    ValueTask<bool> next = samples.MoveNextAsync();
                    Assert.False(next.IsCompleted);
                    host.Log.Add(1);
                    Assert.True(i % 2 == 0 ? next.AsTask().GetAwaiter().GetResult() : await next);
                    got.Add(samples.Current.Sequence);
                    client.AckAsync(i, Token).AsTask().GetAwaiter().GetResult();
                }

                client.DisposeAsync().AsTask().GetAwaiter().GetResult();
            },
            Token);
        await reading.WaitAsync(HangLimit, Token);

        Assert.Equal([1, 2, 3, 4], got);
        await WireRig.UntilAsync(() => host.Hub.Snapshot().Groups.Single().CursorByRank[0] == 4);
    }

    [Fact]
    public async Task Nobody_there_is_said_with_the_address()
    {
        ScriptedServer server = new();
        await server.DisposeAsync();
        await using WireClient client = new(server.ClientOptions, TimeProvider.System);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => TakeAsync(client, 1));

        Assert.StartsWith($"No server answers at {server.ClientOptions.Address}: ", refused.Message);
    }

    [Fact]
    public async Task Credit_comes_back_in_halves_of_the_window_so_that_the_stream_never_stops()
    {
        await using WireHost host = await WireHost.StartAsync(log: new MemorySampleLog(imageBytes: 1000));
        host.Log.Add(500);
        await using WireClient few = new(
            host.ClientOptions("few") with { CreditFrames = 1 }, TimeProvider.System);
        await using WireClient small = new(
            host.ClientOptions("small") with { CreditBytes = 1 }, TimeProvider.System);

        Assert.Equal(500, (await TakeAsync(few, 500)).Count);
        Assert.Equal(500, (await TakeAsync(small, 500)).Count);
    }

    private static Dictionary<string, double> Weights(params (string Category, double Weight)[] pairs) =>
        pairs.ToDictionary(pair => pair.Category, pair => pair.Weight, StringComparer.Ordinal);

    private static Dictionary<string, double> Many(int count, string name) =>
        Enumerable.Range(0, count).ToDictionary(number => $"{name}{number}", _ => 1.0, StringComparer.Ordinal);

    private static async Task<List<long>> TakeAsync(WireClient client, int count, long ackUpTo = 0)
    {
        using CancellationTokenSource hangs = CancellationTokenSource.CreateLinkedTokenSource(Token);
        hangs.CancelAfter(HangLimit);
        List<long> got = [];
        await foreach (SampleFrame sample in client.ReadAllAsync(hangs.Token))
        {
            got.Add(sample.Sequence);
            if (sample.Sequence <= ackUpTo)
            {
                await client.AckAsync(sample.Position, Token);
            }

            if (got.Count == count)
            {
                break;
            }
        }

        return got;
    }

    private static async Task AckOfAsync(System.Net.Sockets.NetworkStream stream, long position)
    {
        System.Buffers.ReadOnlySequence<byte> payload;
        do
        {
            payload = new(await ReadAsync(stream));
        }
        while (FrameReader.TypeOf(payload) != FrameType.Ack
            || FrameReader.Number(payload, FrameType.Ack) != position);
    }

    private static async Task SendAsync(System.Net.Sockets.NetworkStream stream, params long[] sequences)
    {
        foreach (long sequence in sequences)
        {
            PlacedSample sample = new(sequence, sequence, Samples.Make(sequence));
            await WriteAsync(stream, to => to.Sample(sample, int.MaxValue));
        }
    }
}
