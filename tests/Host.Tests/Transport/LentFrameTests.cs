using Host.Transport;

namespace Host.Tests.Transport;

/// <summary>Goal: from a log's lent memory to a client's, every byte of every sample is the log's, and a copy stays.
/// </summary>
public sealed class LentFrameTests
{
    private const int Samples = 80;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(40)]
    [InlineData(20_000)]
    [InlineData(700_000)]
    public async Task Samples_are_whole_while_they_are_lent_and_copies_stay(int imageBytes)
    {
        await using WireHost host = await WireHost.StartAsync(log: new(imageBytes));
        host.Log.Add(Samples);
        await using WireClient client = new(
            host.ClientOptions() with { CreditFrames = 16, CreditBytes = 4 << 20 }, TimeProvider.System);
        List<SampleFrame> kept = [];

        await foreach (SampleFrame sample in client.ReadAllAsync(Token))
        {
            AssertWhole(host, sample);
            kept.Add(sample.ToOwned());
            await client.AckAsync(sample.Position, Token);
            if (kept.Count == Samples)
            {
                break;
            }
        }

        Assert.Equal(Enumerable.Range(1, Samples), kept.Select(sample => (int)sample.Sequence));
        Assert.All(kept, sample => AssertWhole(host, sample));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public async Task What_was_read_for_a_client_that_leaves_comes_back(int samples)
    {
        await using WireHost host = await WireHost.StartAsync(log: new(imageBytes: 100_000));
        host.Log.Add(Samples);
        await using (WireClient client = new(host.ClientOptions(), TimeProvider.System))
        {
            await foreach (SampleFrame sample in client.ReadAllAsync(Token))
            {
                if (sample.Sequence == samples)
                {
                    break;
                }
            }
        }

        await WireRig.UntilAsync(() => host.Log.Lent == 0);
        Assert.InRange(host.Log.Reads, 2, Samples); // The next ones are read while the first ones leave.
    }

    private static void AssertWhole(WireHost host, SampleFrame sample)
    {
        Engine.Items.Sample expected = host.Log.Make(sample.Sequence);
        Assert.Equal((expected.Key, expected.Category), (sample.Key, sample.Category));
        Assert.True(expected.Image.Span.SequenceEqual(sample.Image.Span), $"picture of {sample.Sequence}");
        Assert.True(expected.MaskPng.Span.SequenceEqual(sample.MaskPng.Span), $"mask of {sample.Sequence}");
        Assert.True(expected.Json.Span.SequenceEqual(sample.Json.Span), $"JSON of {sample.Sequence}");
    }
}
