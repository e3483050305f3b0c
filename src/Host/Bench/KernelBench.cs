using Host.Lifecycle;
using Kernels.Device;
using Kernels.Device.Cpu;
using Kernels.Similarity;

namespace Host.Bench;

/// <summary>
/// Question: how near do the kernels come to what the machine can do, and how do they stand beside what others made for
/// the same work? Each answer is checked, then timed; roofs and peers are measured in the same run.
/// </summary>
/// <param name="devices">The devices, the processor first.</param>
/// <param name="peers">What others made.</param>
/// <param name="repeats">Times whose median counts, 5 or more.</param>
/// <param name="small">Whether all cases shrink to a check that takes seconds and whose times mean nothing.</param>
internal sealed class KernelBench(
    IReadOnlyList<IKernelDevice> devices, KernelPeers peers, int repeats, bool small)
{
    private static readonly int[] Batches = [1, 32, 256];

    private readonly Dictionary<(SimilarityCase Case, int Batch), double> _onCpu = [];

    /// <summary>Runs all cases and prints a line each.</summary>
    /// <param name="stopping">Ends the bench.</param>
    public async Task<ExitCode> RunAsync(CancellationToken stopping)
    {
        CpuDevice cpu = devices.OfType<CpuDevice>().First();
        int many = small ? 20_000 : 1_000_000;
        SimilarityCase[] cases =
        [
            new(small ? 10_000 : 100_000, 512, RowType.F32, Batches), new(many, 512, RowType.F32, [1]),
            new(many, 512, RowType.F16, [1]), new(many, 512, RowType.I8, [1]),
        ];
        try
        {
            foreach (SimilarityCase one in cases)
            {
                using SimilarityRows rows = one.Make();
                KernelRoof roof = KernelRoof.Measure(cpu); // Beside each case: a shared machine changes as it runs.
                Say($"{cpu.Name}: {roof.ReadBytesPerSecond / 1e9:F1} GB/s, {roof.FlopsPerSecond / 1e9:F0} GF/s f32");
                foreach (IKernelDevice device in devices)
                {
                    Similarity(device, one, rows, roof, stopping);
                }
            }

            await CompareWithFaissAsync(cases[0], cpu.Threads, stopping).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (KernelDeviceException cause)
        {
            await Console.Error.WriteLineAsync($"headwater bench kernels: {cause.Message}").ConfigureAwait(false);
            return ExitCode.Unavailable;
        }
    }

    private void Similarity(
        IKernelDevice device, SimilarityCase one, SimilarityRows rows, KernelRoof roof, CancellationToken stopping)
    {
        using ISimilarity similarity = SimilaritySearch.On(device, rows);
        foreach (int batch in one.Batches)
        {
            stopping.ThrowIfCancellationRequested();
            double seconds = one.Seconds(similarity, rows, batch, repeats);
            double bytes = one.Bytes / seconds;
            double flops = 2.0 * batch * one.Rows * one.Width / seconds;
            string against = "";
            if (device is CpuDevice)
            {
                _onCpu[(one, batch)] = seconds;
                against = $"{100 * bytes / roof.ReadBytesPerSecond:F0} % of reading, "
                    + $"{100 * flops / roof.FlopsPerSecond:F0} % of multiply-adds";
            }
            else if (_onCpu.TryGetValue((one, batch), out double onCpu))
            {
                against = $"{onCpu / seconds:F2} times the processor's speed";
            }

            Say($"similarity {device.Kind} N={one.Rows} D={one.Width} {one.Type} B={batch}: {seconds * 1e3:F2} ms, "
                + $"{bytes / 1e9:F1} GB/s, {flops / 1e9:F0} GF/s; {against}");
        }
    }

    private async Task CompareWithFaissAsync(SimilarityCase one, int threads, CancellationToken stopping)
    {
        foreach ((int batch, double seconds) in await peers.FaissAsync(
            one.Rows, one.Width, SimilarityCase.Neighbours, threads, repeats, one.Batches, stopping)
            .ConfigureAwait(false))
        {
            Say($"FAISS IndexFlatIP N={one.Rows} D={one.Width} B={batch}: {seconds * 1e3:F2} ms; the processor's kernel "
                + $"is {seconds / _onCpu[(one, batch)]:F2} times as fast");
        }
    }

    private static void Say(string line) => Console.Out.WriteLine(line);
}
