using FsCheck;
using FsCheck.Fluent;
using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: the server sends exactly what the credit allows: one sample less would starve, one more would flood.
/// </summary>
public sealed class CreditTests
{
    private const int Samples = 60;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Server_sends_exactly_as_many_samples_as_the_balances_allow() =>
        Prop.ForAll(
            (from grants in Gen.Choose(0, 12).Select(frames => frames)
                .Zip(Gen.Choose(0, 2500).Select(bytes => (long)bytes)).ArrayOf()
             select grants.Take(12).ToArray()).ToArbitrary(),
            grants => Task.Run(() => SendsExactlyAsync(grants), Token).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    [Fact]
    public async Task Sample_larger_than_all_the_credit_passes_once_and_the_debt_is_paid_before_the_next()
    {
        await using WireRig rig = new();
        WirePeer peer = await rig.JoinAsync(WirePeer.Hello(frames: 10, bytes: 1));
        rig.Log.Add(2);
        int frame = FrameBytes(await peer.SampleAsync());

        await peer.CreditAsync(0, frame - 1); // The balance is 0 now: one byte short.
        byte[]? beat = await rig.AdvanceUntilAsync(peer.ReadAsync(), rig.Options.HeartbeatInterval / 4);
        await peer.CreditAsync(0, 1);

        Assert.Equal(FrameType.Heartbeat, FrameReader.TypeOf(new(beat!)));
        Assert.Equal([2], await peer.SamplesAsync(1));
    }

    private static async Task<bool> SendsExactlyAsync((int Frames, long Bytes)[] grants)
    {
        await using WireRig rig = new();
        rig.Log.Add(Samples);
        WirePeer peer = await rig.JoinAsync(WirePeer.Hello(frames: 0, bytes: 0));
        (long frames, long bytes, long sent) = (0, 0, 0);
        foreach ((int framesMore, long bytesMore) in grants)
        {
            await peer.CreditAsync(framesMore, bytesMore);
            (frames, bytes) = (frames + framesMore, bytes + bytesMore);
            while (frames > 0 && bytes > 0 && sent < Samples)
            {
                SampleFrame sample = await peer.SampleAsync();
                Assert.Equal(++sent, sample.Sequence);
                (frames, bytes) = (frames - 1, bytes - FrameBytes(sample));
            }
        }

        await peer.CloseAsync(); // What is on its way comes before the end.
        return (await peer.RestAsync()).Count == 0;
    }

    private static int FrameBytes(SampleFrame sample)
    {
        System.Buffers.ArrayBufferWriter<byte> written = new();
        return new FrameWriter(written).Sample(new(sample.Position, sample.Sequence, ToSample(sample)), int.MaxValue);
    }

    private static Engine.Items.Sample ToSample(SampleFrame frame) => new()
    {
        Key = frame.Key,
        Category = frame.Category,
        PromptId = frame.Key,
        Attempt = 0,
        Image = frame.Image.ToArray(),
        ImageExtension = frame.ImageExtension,
        MaskPng = frame.MaskPng.ToArray(),
        Json = frame.Json.ToArray(),
    };
}
