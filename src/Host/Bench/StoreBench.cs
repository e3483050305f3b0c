using System.Diagnostics;
using Engine.Disk;
using Engine.Items;
using Engine.Store;
using Microsoft.Win32.SafeHandles;

namespace Host.Bench;

/// <summary>
/// Question: how many samples of 64 KiB a second does the store accept, flushed and in the ledger? Floor: the same
/// bytes in one write to a plain file of the same disk, and one fsync for as many samples.
/// </summary>
/// <param name="folder">Where both write.</param>
/// <param name="rounds">Rounds; the best one counts.</param>
internal sealed class StoreBench(string folder, int rounds)
{
    private const int SampleBytes = 64 << 10;
    private const int Commits = 16;
    private static readonly int[] Batches = [1, 32, 64];

    /// <summary>Runs it and prints a line a batch size.</summary>
    /// <param name="stopping">Ends the bench.</param>
    public void Run(CancellationToken stopping)
    {
        SampleStore store = SampleStore.Open(
            new StoreOptions { Directory = Path.Combine(folder, "accepted"), FreeBytesMin = 0 }, TimeProvider.System);
        using SafeFileHandle plain = File.OpenHandle(
            Path.Combine(folder, "plain"), FileMode.Create, FileAccess.Write);
        try
        {
            BenchSamples source = new(SampleBytes);
            foreach (int batch in Batches)
            {
                (double floor, double accepted) = (double.MaxValue, double.MaxValue);
                for (int round = 0; round < rounds; round++)
                {
                    stopping.ThrowIfCancellationRequested();
                    floor = Math.Min(floor, Write(plain, batch));
                    accepted = Math.Min(accepted, Accept(store, source, batch));
                }

                Console.Out.WriteLine(
                    $"store 64 KiB, {batch} a commit: floor {Commits * batch / floor:F0} samples/s, accepted "
                    + $"{Commits * batch / accepted:F0} samples/s, {100 * floor / accepted:F0} % of the floor");
            }
        }
        finally
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static double Write(SafeFileHandle plain, int batch)
    {
        byte[] bytes = new byte[batch * SampleBytes];
        new Random(1).NextBytes(bytes);
        long end = RandomAccess.GetLength(plain);
        long started = Stopwatch.GetTimestamp();
        for (int commit = 0; commit < Commits; commit++)
        {
            RandomAccess.Write(plain, bytes, end);
            Durable.Flush(plain, "the floor's file");
            end += bytes.Length;
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Accept(SampleStore store, BenchSamples source, int batch)
    {
        Sample[][] batches = [.. Enumerable.Range(0, Commits).Select(_ => source.Next(batch))];
        long started = Stopwatch.GetTimestamp();
        foreach (Sample[] samples in batches)
        {
            if (store.AppendAsync(samples).GetAwaiter().GetResult().Any(stored => stored is null))
            {
                throw new IOException("A sample was refused; the time means nothing.");
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
