using System.Buffers.Binary;
using System.IO.Pipelines;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>
/// Goal: frames come out of the slabs as they went in, whatever their lengths, however the bytes arrive, and stay as
/// they are for as long as somebody holds them. Method: random frames from printed seeds, written in random pieces.
/// </summary>
public sealed class FrameIntakeTests
{
    private const int BytesMax = 2 << 20;

    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_come_out_as_they_went_in_and_stay_so_while_they_are_held()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        for (int round = 0; round < 10; round++)
        {
            await RunAsync(new Random(seed + round));
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(BytesMax + 1u)]
    [InlineData(uint.MaxValue)]
    public async Task Length_out_of_range_is_refused_by_its_prefix_alone(uint length)
    {
        byte[] prefix = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(prefix, length);
        using FrameIntake intake = new();
        using MemoryStream stream = new(prefix);

        intake.Receive(stream, BytesMax);

        WireFormatException refused = Assert.Throws<WireFormatException>(
            () => intake.TryCut(BytesMax, out _, out _));
        Assert.Equal(GoAwayCode.FrameTooLarge, refused.Code);
        Assert.Contains($"{length}", refused.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(Random random)
    {
        int usual = random.Next(3) switch { 0 => 200, 1 => 60_000, _ => 400_000 };
        int[] lengths = [.. Enumerable.Range(0, 60).Select(_ =>
            random.Next(10) == 0 ? random.Next(1, BytesMax) : random.Next(1, 2 * usual))];
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 1 << 20));
        Task writing = WriteAsync(pipe.Writer, lengths, new Random(random.Next()));
        await using Stream stream = pipe.Reader.AsStream();
        using FrameIntake intake = new();
        Queue<(int At, ReadOnlyMemory<byte> Payload, ReceiveSlab Slab)> held = [];
        for (int at = 0; at < lengths.Length;)
        {
            while (intake.TryCut(BytesMax, out ReadOnlyMemory<byte> payload, out ReceiveSlab slab))
            {
                slab.Hold();
                held.Enqueue((at++, payload, slab));
            }

            while (held.Count > random.Next(0, 6))
            {
                Drop(held.Dequeue(), lengths);
            }

            if (at < lengths.Length)
            {
                Assert.NotEqual(0, await Task.Run(() => intake.Receive(stream, BytesMax), Token)
                    .WaitAsync(HangLimit, Token));
            }
        }

        while (held.TryDequeue(out (int At, ReadOnlyMemory<byte> Payload, ReceiveSlab Slab) last))
        {
            Drop(last, lengths);
        }

        await writing;
        Assert.Equal(0, intake.Receive(stream, BytesMax));
    }

    private static void Drop((int At, ReadOnlyMemory<byte> Payload, ReceiveSlab Slab) frame, int[] lengths)
    {
        Assert.True(frame.Payload.Span.SequenceEqual(Payload(frame.At, lengths[frame.At])), $"frame {frame.At}");
        frame.Slab.Release();
    }

    private static async Task WriteAsync(PipeWriter into, int[] lengths, Random random)
    {
        byte[] all = new byte[lengths.Sum(length => 4 + length)];
        Span<byte> rest = all;
        for (int at = 0; at < lengths.Length; at++)
        {
            BinaryPrimitives.WriteInt32BigEndian(rest, lengths[at]);
            Payload(at, lengths[at]).CopyTo(rest[4..]);
            rest = rest[(4 + lengths[at])..];
        }

        for (int from = 0; from < all.Length;)
        {
            int piece = Math.Min(all.Length - from, random.Next(4) == 0 ? random.Next(1, 8) : random.Next(1, 300_000));
            await into.WriteAsync(all.AsMemory(from, piece), Token);
            from += piece;
        }

        await into.CompleteAsync();
    }

    private static byte[] Payload(int at, int length)
    {
        byte[] payload = new byte[length];
        new Random(at).NextBytes(payload);
        return payload;
    }
}
