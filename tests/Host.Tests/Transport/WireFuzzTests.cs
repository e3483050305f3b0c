using System.Buffers.Binary;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: no bytes, in no pieces, make a connection throw, hang or hold more than one longest frame.</summary>
public sealed class WireFuzzTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Any_bytes_in_any_pieces_end_with_a_known_reason() =>
        Prop.ForAll(Bytes().ToArbitrary(), at => EndsWithReason(at.Bytes, at.Seed, isWelcomed: false))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Any_frames_after_the_welcome_in_any_pieces_end_with_a_known_reason() =>
        Prop.ForAll(Bytes().ToArbitrary(), at => EndsWithReason(at.Bytes, at.Seed, isWelcomed: true))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public async Task Valid_conversation_cut_in_two_at_every_byte_is_understood()
    {
        byte[] credit = Convert.FromHexString("00000006930301cdffff"); // 1 frame, 65,535 B
        byte[] conversation = [.. SpecExamples.Read()[1].Frame, .. credit, 0, 0, 0, 3, 0x92, 5, 1];
        for (int cut = 0; cut <= conversation.Length; cut++)
        {
            await using WireRig rig = new();
            rig.Log.Add(2);
            WirePeer peer = rig.Connect();

            await peer.SendAsync(conversation.AsMemory(0, Math.Min(cut, conversation.Length - 7)));
            await peer.SendAsync(conversation.AsMemory(Math.Min(cut, conversation.Length - 7)..^7));
            await peer.ReadAsync();
            Assert.Equal([1, 2], await peer.SamplesAsync(2));
            await peer.SendAsync(conversation.AsMemory(^7));
            await peer.CloseAsync();

            Assert.Equal("client_closed", (await peer.Served).Reason);
            Assert.Equal(1, rig.Hub.Snapshot().Groups.Single().CursorByRank[0]);
        }
    }

    [Fact]
    public async Task Declared_length_is_not_allocated_and_a_long_frame_is_held_once()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        FrameInput input = new(pipe.Reader, WireLimits.ClientFrameBytesMax);
        await pipe.Writer.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0xff, 1, 2, 3 }, Token);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<InputEnd> reading = input.ReadAsync(_ => true, Token);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(reading.IsFaulted); // at once, on this thread
        Assert.True(allocated < 65_536, $"{allocated} B");
    }

    [Fact]
    public async Task Long_valid_frames_are_not_copied_to_be_read()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        FrameInput input = new(pipe.Reader, WireLimits.ClientFrameBytesMax);
        byte[] frame = new byte[4 + WireLimits.ClientFrameBytesMax];
        BinaryPrimitives.WriteInt32BigEndian(frame, WireLimits.ClientFrameBytesMax);
        await pipe.Writer.WriteAsync(frame, Token);
        await pipe.Writer.WriteAsync(frame, Token);
        long taken = 0;

        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<InputEnd> reading = input.ReadAsync(
            payload =>
            {
                taken += payload.Length;
                return taken < 2 * WireLimits.ClientFrameBytesMax;
            },
            Token);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(InputEnd.Enough, await reading);
        Assert.True(allocated < 16_384, $"{allocated} B");
    }

    private static bool EndsWithReason(byte[] bytes, int seed, bool isWelcomed)
    {
        return Task.Run(RunAsync, Token).GetAwaiter().GetResult();

        async Task<bool> RunAsync()
        {
            await using WireRig rig = new();
            rig.Log.Add(3);
            WirePeer peer = isWelcomed ? await rig.JoinAsync(WirePeer.Hello(frames: 0)) : rig.Connect();
            Random pieces = new(seed);
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(pieces.Next(1, 64), bytes.Length - at);
                await peer.SendAsync(bytes.AsMemory(at, length));
                at += length;
            }

            await peer.CloseAsync();
            await peer.RestAsync();
            ConnectionEnd end = await peer.Served.WaitAsync(TimeSpan.FromSeconds(30), Token);
            return end.Reason != "internal";
        }
    }

    /// <summary>Frames that are valid, changed, or only noise, one after the other; some with a wrong length.</summary>
    private static Gen<(byte[] Bytes, int Seed)> Bytes() =>
        from payloads in FrameReaderTests.Mutated().ArrayOf()
        from noise in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
        from seed in Gen.Choose(0, int.MaxValue)
        select (Join(payloads, noise, new Random(seed)), seed);

    private static byte[] Join(byte[][] payloads, byte[] noise, Random random)
    {
        List<byte> bytes = [];
        foreach (byte[] payload in payloads)
        {
            byte[] prefix = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(prefix, payload.Length + (random.Next(20) == 0 ? 1 : 0));
            bytes.AddRange(prefix);
            bytes.AddRange(payload);
        }

        bytes.AddRange(noise);
        return [.. bytes];
    }
}
