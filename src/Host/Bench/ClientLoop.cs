using Host.Configuration;

namespace Host.Bench;

/// <summary>
/// Question: how fast does a Python training process take samples from the daemon beside reading the same samples from
/// tar files the way WebDataset does? Each counts the processor seconds of its own process, so neither is helped by a
/// core that the other lacks.
/// </summary>
/// <param name="peers">Runs <c>bench/peers/client_loop.py</c>.</param>
/// <param name="address">The daemon.</param>
/// <param name="directory">Its store.</param>
/// <param name="samples">How many there are.</param>
/// <param name="rounds">Turns of each; the best counts.</param>
internal sealed class ClientLoop(KernelPeers peers, string address, string directory, int samples, int rounds)
{
    /// <summary>Runs the script and prints a line.</summary>
    /// <param name="sampleBytes">Of a sample, for the line.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(int sampleBytes, CancellationToken stopping)
    {
        string package = Path.Combine(CheckoutFolder.Path, "clients", "python", "src");
        IReadOnlyDictionary<int, double> seconds = await peers.RunAsync(
            "client_loop.py", [package, address, directory, $"{samples}", $"{rounds}"], "", stopping)
            .ConfigureAwait(false);
        if (seconds.Count == 0)
        {
            return;
        }

        (double client, double tar, double clientWall, double tarWall) =
            (seconds[1], seconds[2], seconds[3], seconds[4]);
        Console.Out.WriteLine(
            $"Python {sampleBytes >> 10} KiB: tarfile and json {samples / tar:F0} samples/s of processor time "
            + $"({samples / tarWall:F0} by the clock), client {samples / client:F0} ({samples / clientWall:F0}); the "
            + $"client is {tar / client:F2} times as fast");
    }
}
