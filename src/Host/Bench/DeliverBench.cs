using System.Diagnostics;
using Engine.Items;
using Engine.Pipeline.Deliver;
using Engine.Store;
using Host.Lifecycle;
using Host.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Host.Bench;

/// <summary>
/// Questions: how near does delivery out of the page cache come to a bare socket, storing to the disk, and the Python
/// client to reading the same samples as tar files? Floors and peers are measured in the same run, round by round, for
/// both ends share the machine's cores with whatever else runs; the best round counts.
/// </summary>
/// <param name="folder">Where stores are made and deleted again.</param>
/// <param name="sizesKib">Of the samples, a case each.</param>
/// <param name="trafficBytes">Bytes sent in a round.</param>
/// <param name="rounds">Rounds of each case.</param>
/// <param name="warmUp">For how long each case runs before: a daemon that runs for months is compiled.</param>
/// <param name="peers">The scripts of the peers.</param>
internal sealed class DeliverBench(
    string folder, IReadOnlyList<int> sizesKib, long trafficBytes, int rounds, TimeSpan warmUp, KernelPeers peers)
{
    private const int AckSamples = 16;
    private const int FrameOverheadBytes = 120; // Prefix, array, sequence, key, category, format, three lengths.

    /// <summary>Runs all cases and prints a line each.</summary>
    /// <param name="stopping">Ends the bench.</param>
    public async Task<ExitCode> RunAsync(CancellationToken stopping)
    {
        string own = Path.Combine(folder, $"headwater-bench-{Environment.ProcessId}");
        Directory.CreateDirectory(own);
        try
        {
            foreach (int kib in sizesKib)
            {
                await OfSizeAsync(Path.Combine(own, $"{kib}"), kib << 10, stopping).ConfigureAwait(false);
            }

            new StoreBench(own, rounds).Run(stopping);
            return ExitCode.Ok;
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private async Task OfSizeAsync(string directory, int sampleBytes, CancellationToken stopping)
    {
        int samples = (int)Math.Clamp(trafficBytes / sampleBytes, 64, 30_000);
        SampleStore store = SampleStore.Open(
            new StoreOptions { Directory = directory, FreeBytesMin = 0 }, TimeProvider.System);
        await using (store.ConfigureAwait(false))
        {
            await FillAsync(store, sampleBytes, samples, stopping).ConfigureAwait(false);
            DeliveryHub hub = new(new StoreSampleLog(store), new DeliverOptions(), TimeProvider.System);
            await using (hub.ConfigureAwait(false))
            {
                WireListener listener = await WireListener.StartAsync(
                    hub, new TransportOptions { Listen = ["tcp://127.0.0.1:0"] }, TimeProvider.System,
                    NullLoggerFactory.Instance).ConfigureAwait(false);
                await using (listener.ConfigureAwait(false))
                {
                    foreach (int consumers in new[] { 1, 4 })
                    {
                        await DeliverAsync(
                            listener, directory, store.StreamId, sampleBytes, samples, consumers, stopping)
                            .ConfigureAwait(false);
                    }

                    await new ClientLoop(peers, listener.Addresses[0].ToString(), directory, samples, rounds)
                        .RunAsync(sampleBytes, stopping).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task DeliverAsync(
        WireListener listener, string directory, string stream, int sampleBytes, int samples, int consumers,
        CancellationToken stopping)
    {
        string shard = Directory.EnumerateFiles(directory, "*.tar").Order().First();
        int each = samples / consumers;
        (BenchTime floor, BenchTime fed, BenchTime delivered) =
            (BenchTime.Longest, BenchTime.Longest, BenchTime.Longest);
        Task DeliverOnceAsync() => Task.WhenAll(Enumerable.Range(0, consumers).Select(
            group => ConsumeAsync(listener.Addresses[0], stream, $"bench-{group}", each, stopping)));

        for (long since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < warmUp;)
        {
            await DeliverOnceAsync().ConfigureAwait(false);
        }

        for (int round = 0; round < rounds; round++)
        {
            floor = floor.Least(await BenchTime.OfAsync(() => BareSocket.RunAsync(
                consumers, each, sampleBytes + FrameOverheadBytes)).ConfigureAwait(false));
            fed = fed.Least(await BenchTime.OfAsync(() => BareSocket.RunAsync(
                consumers, each, sampleBytes + FrameOverheadBytes, shard)).ConfigureAwait(false));
            delivered = delivered.Least(await BenchTime.OfAsync(DeliverOnceAsync).ConfigureAwait(false));
        }

        double bytes = (double)each * consumers * sampleBytes;
        Console.Out.WriteLine(
            $"deliver {sampleBytes >> 10} KiB to {consumers}: floor {bytes / floor.Clock / 1e9:F2} GB/s, fed from a "
            + $"file {bytes / fed.Clock / 1e9:F2}, delivered {bytes / delivered.Clock / 1e9:F2} GB/s, "
            + $"{each * consumers / delivered.Clock:F0} samples/s; {100 * floor.Clock / delivered.Clock:F0} % of the "
            + $"floor, {100 * fed.Clock / delivered.Clock:F0} % of the fed one by the clock, "
            + $"{100 * floor.Processor / delivered.Processor:F0} and {100 * fed.Processor / delivered.Processor:F0} % "
            + "by processor time");
    }

    /// <summary>A group of its own that begins at the first sample and acknowledges as a batch does.</summary>
    private static async Task ConsumeAsync(
        WireAddress address, string stream, string group, int samples, CancellationToken stopping)
    {
        WireClient client = new(
            new WireClientOptions
            {
                Address = address, Group = group, CreditFrames = 1024, Cursor = 0, StreamId = stream,
            },
            TimeProvider.System);
        await using (client.ConfigureAwait(false))
        {
            long expected = 1;
            await foreach (SampleFrame sample in client.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                if (sample.Sequence != expected++)
                {
                    throw new IOException($"Sample {sample.Sequence} came in place of {expected - 1}.");
                }

                if (sample.Sequence % AckSamples == 0 || sample.Sequence == samples)
                {
                    await client.AckAsync(sample.Sequence, stopping).ConfigureAwait(false);
                }

                if (sample.Sequence == samples)
                {
                    return;
                }
            }
        }
    }

    private static async Task FillAsync(SampleStore store, int sampleBytes, int samples, CancellationToken stopping)
    {
        BenchSamples source = new(sampleBytes);
        for (int left = samples; left > 0; left -= 256)
        {
            Sample[] batch = source.Next(Math.Min(left, 256));
            await store.AppendAsync(batch, stopping).ConfigureAwait(false);
        }
    }
}
