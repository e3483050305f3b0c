using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: what is sent from where it lies arrives whole, in order, and before its memory is used again.
/// </summary>
public sealed class SocketOutputTests : IAsyncLifetime
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private Socket _sender = new(SocketType.Stream, ProtocolType.Tcp);
    private Socket _receiver = new(SocketType.Stream, ProtocolType.Tcp);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _sender.Dispose();
        _receiver.Dispose();
        _sender = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await _sender.ConnectAsync(listener.LocalEndPoint!, Token);
        _receiver = await listener.AcceptAsync(Token);
    }

    public ValueTask DisposeAsync()
    {
        _sender.Dispose();
        _receiver.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Pieces_of_any_length_written_or_lent_arrive_in_order()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        Random random = new(seed);
        SocketOutput output = new(_sender);
        using MemoryStream expected = new();
        Task<byte[]> received = ReceiveAllAsync();
        for (int round = 0; round < 25; round++)
        {
            for (int pieces = random.Next(1, 12); pieces > 0; pieces--)
            {
                byte[] piece = new byte[random.Next(3) == 0 ? random.Next(300_000) : random.Next(2_000)];
                random.NextBytes(piece);
                expected.Write(piece);
                if (random.Next(2) == 0)
                {
                    output.Lend(piece);
                }
                else
                {
                    output.Write(piece);
                }
            }

            Assert.True(await output.FlushAsync(Token).AsTask().WaitAsync(HangLimit, Token));
            Assert.Equal((0, true), (output.Unflushed, output.Sent.IsCompleted));
        }

        _sender.Shutdown(SocketShutdown.Send);
        byte[] all = await received;
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(all));
    }

    [Fact]
    public async Task Peer_that_has_gone_before_anything_was_sent_is_found_out_by_the_first_flush()
    {
        _sender.Dispose();

        SocketOutput output = SocketOutput.Over(_sender);
        output.Write(new byte[10]);

        Assert.False(await output.FlushAsync(Token).AsTask().WaitAsync(HangLimit, Token));
    }

    [Fact]
    public void Peer_on_this_machine_is_buffered_for_little()
    {
        Assert.NotNull(SocketOutput.Over(_sender));

        // Linux gives twice what was asked for, and says so.
        Assert.InRange(_sender.SendBufferSize, 256 << 10, 512 << 10);
    }

    [Fact]
    public async Task Flush_that_nobody_waits_for_any_more_still_goes_out_whole_before_what_follows()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        SocketOutput output = new(_sender);
        using FrameSender sender = new(output, TimeProvider.System);
        byte[] file = new byte[32 << 20]; // More than the system's buffers take.
        new Random(1).NextBytes(file);
        byte[] before = [.. file];
        Task<int> sending = sender.SendAsync(
            file, (_, bytes) =>
            {
                output.Lend(bytes);
                return 1;
            }, stop.Token).AsTask();
        Overwritten memory = new(file);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(HangLimit, Token));
        sender.GiveBack(memory);
        Assert.False(memory.IsGivenBack.IsCompleted);
        Task<int> goodbye = sender.SendAsync(
            new GoAwayFrame(GoAwayCode.Draining, "bye", 7), (to, away) => Math.Sign(to.GoAway(away)), Token).AsTask();
        byte[] received = await ReceiveAsync(file.Length);
        await memory.IsGivenBack.WaitAsync(HangLimit, Token);

        Assert.True(before.AsSpan().SequenceEqual(received));
        Assert.Equal(1, await goodbye.WaitAsync(HangLimit, Token));
        _sender.Shutdown(SocketShutdown.Send);
        Assert.Equal(7, FrameReader.GoAway(new((await ReceiveAllAsync()).AsMemory(4))).ResumeCursor);
    }

    [Fact]
    public async Task Peer_that_is_gone_is_said_and_the_memory_comes_back()
    {
        SocketOutput output = new(_sender);
        using FrameSender sender = new(output, TimeProvider.System);
        byte[] file = new byte[32 << 20];
        Task<int> sending = sender.SendAsync(
            file, (_, bytes) =>
            {
                output.Lend(bytes);
                return 1;
            }, Token).AsTask();
        Overwritten memory = new(file);

        _sender.Dispose();

        Assert.Equal(-1, await sending.WaitAsync(HangLimit, Token));
        sender.GiveBack(memory);
        Assert.True(memory.IsGivenBack.IsCompleted);
        Assert.Equal(-1, await sender.SendAsync(1, (to, at) => Math.Sign(to.Number(FrameType.Heartbeat, at)), Token));
    }

    private async Task<byte[]> ReceiveAsync(int bytes)
    {
        byte[] into = new byte[bytes];
        for (int got = 0; got < bytes;)
        {
            int read = await _receiver.ReceiveAsync(into.AsMemory(got), Token).AsTask().WaitAsync(HangLimit, Token);
            Assert.NotEqual(0, read);
            got += read;
        }

        return into;
    }

    private async Task<byte[]> ReceiveAllAsync()
    {
        using MemoryStream all = new();
        await using NetworkStream stream = new(_receiver, ownsSocket: false);
        await stream.CopyToAsync(all, Token).WaitAsync(HangLimit, Token);
        return all.ToArray();
    }

    /// <summary>Overwrites a file once it is given back.</summary>
    private sealed class Overwritten(byte[] file) : IDisposable
    {
        private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsGivenBack => _given.Task;

        public void Dispose()
        {
            file.AsSpan().Fill(0xEE);
            _given.SetResult();
        }
    }
}
