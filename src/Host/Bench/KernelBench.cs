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
        try
        {
            Say(Cpu.Name);
            KernelRoof roof = new(Cpu);
            foreach (SimilarityCase one in Cases())
            {
                using SimilarityRows rows = one.Make();
                foreach (IKernelDevice device in devices)
                {
                    Similarity(device, one, rows, roof, stopping);
                }

                await CompareWithFaissAsync(one, stopping).ConfigureAwait(false);
            }

            foreach (IKernelDevice cuda in devices.Where(device => device.Kind == DeviceKind.Cuda))
            {
                await OnCudaAsync(cuda, stopping).ConfigureAwait(false);
            }

            await MasksAsync(stopping).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (KernelDeviceException cause)
        {
            await Console.Error.WriteLineAsync($"headwater bench kernels: {cause.Message}").ConfigureAwait(false);
            return ExitCode.Unavailable;
        }
    }

    private CpuDevice Cpu => devices.OfType<CpuDevice>().First();

    private SimilarityCase[] Cases()
    {
        int many = small ? 3_000 : 1_000_000;
        return
        [
            new(small ? 2_000 : 100_000, 512, RowType.F32, Batches), new(many, 512, RowType.F32, [1]),
            new(many, 512, RowType.F16, [1]), new(many, 512, RowType.I8, [1]),
        ];
    }

    private void Similarity(
        IKernelDevice device, SimilarityCase one, SimilarityRows rows, KernelRoof roof, CancellationToken stopping)
    {
        using ISimilarity similarity = SimilaritySearch.On(device, rows);
        foreach (int batch in one.Batches)
        {
            stopping.ThrowIfCancellationRequested();
            roof.Forget();
            double seconds = one.Seconds(similarity, rows, batch, repeats, roof.Measure);
            double bytes = one.Bytes / seconds;
            double flops = 2.0 * batch * one.Rows * one.Width / seconds;
            string against = "";
            if (device is CpuDevice)
            {
                _onCpu[(one, batch)] = seconds;
                against = $"{100 * bytes / roof.ReadBytesPerSecond:F0} % of reading "
                    + $"({roof.ReadBytesPerSecond / 1e9:F1}), "
                    + $"{100 * flops / roof.FlopsPerSecond:F0} % of multiply-adds ({roof.FlopsPerSecond / 1e9:F0})";
            }
            else if (_onCpu.TryGetValue((one, batch), out double onCpu))
            {
                against = $"{onCpu / seconds:F2} times the processor's speed";
            }

            Say($"similarity {device.Kind} N={one.Rows} D={one.Width} {one.Type} B={batch}: {seconds * 1e3:F2} ms, "
                + $"{bytes / 1e9:F1} GB/s, {flops / 1e9:F0} GF/s; {against}");
        }
    }

    private async Task CompareWithFaissAsync(SimilarityCase one, CancellationToken stopping)
    {
        if (one.Type != RowType.F32 || one.Batches.Count < 2)
        {
            return; // It has f32 only, and the large case adds nothing but waiting.
        }

        foreach ((int batch, double seconds) in await peers.FaissAsync(
            one.Rows, one.Width, SimilarityCase.Neighbours, Cpu.Threads, repeats, one.Batches, stopping)
            .ConfigureAwait(false))
        {
            Say($"FAISS IndexFlatIP N={one.Rows} D={one.Width} B={batch}: {seconds * 1e3:F2} ms; the processor's "
                + $"kernel is {seconds / _onCpu[(one, batch)]:F2} times as fast");
        }
    }

    private async Task OnCudaAsync(IKernelDevice device, CancellationToken stopping)
    {
        SimilarityCase one = new(small ? 3_000 : 1_000_000, 768, RowType.F16, [1, 8, 64, 256]);
        double bandwidth = CopyBytesPerSecond(device);
        Say($"{device.Name}: copies at {bandwidth / 1e9:F0} GB/s, reads and writes together");
        IReadOnlyDictionary<int, double> torch = await peers.TorchAsync(
            one.Rows, one.Width, SimilarityCase.Neighbours, repeats, one.Batches, stopping).ConfigureAwait(false);
        using SimilarityRows rows = one.Make();
        using ISimilarity similarity = SimilaritySearch.On(device, rows);
        foreach (int batch in one.Batches)
        {
            double seconds = one.Seconds(similarity, rows, batch, repeats, static () => { });
            string against = torch.TryGetValue(batch, out double other) ? $"; {other / seconds:F2} times torch" : "";
            Say($"similarity {device.Kind} N={one.Rows} D={one.Width} {one.Type} B={batch}: {seconds * 1e3:F3} ms, "
                + $"{one.Bytes / seconds / 1e9:F0} GB/s, "
                + $"{100 * one.Bytes / seconds / bandwidth:F0} % of copying{against}");
        }
    }

    private static double CopyBytesPerSecond(IKernelDevice device)
    {
        const int Count = 1 << 28;
        using DeviceBuffer<float> from = device.Allocate<float>(Count);
        using DeviceBuffer<float> to = device.Allocate<float>(Count);
        double best = double.MaxValue;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            using IKernelEvent start = device.Record();
            device.Copy(from, 0, to, 0, Count);
            using IKernelEvent end = device.Record();
            best = Math.Min(best, end.Since(start).TotalSeconds);
        }

        return 2.0 * Count * sizeof(float) / best;
    }

    private async Task MasksAsync(CancellationToken stopping)
    {
        MaskCase one = small ? new(4, 64, 256) : new(64, 256, 1024);
        string what = $"{one.Pictures} pictures {one.Side}x{one.Side} to {one.TargetSide}x{one.TargetSide}";
        double onCpu = one.Seconds(Cpu, repeats);
        Say($"masks Cpu {what}: {onCpu * 1e3:F2} ms");
        foreach (IKernelDevice device in devices.Where(device => device is not CpuDevice))
        {
            double seconds = one.Seconds(device, repeats);
            Say($"masks {device.Kind} {what}: {seconds * 1e3:F2} ms, {onCpu / seconds:F2} times the processor's speed");
            if (device is ISourceDevice source)
            {
                double there = one.SecondsThere(source, repeats);
                Say($"masks {device.Kind} {what}, logits and masks there: {there * 1e3:F2} ms, "
                    + $"{onCpu / there:F2} times");
            }
        }

        string file = Path.GetTempFileName();
        try
        {
            one.Write(file);
            foreach ((_, double seconds) in await peers.OpenCvAsync(
                file, one.Pictures, one.Side, one.TargetSide, Cpu.Threads, repeats, stopping).ConfigureAwait(false))
            {
                Say($"OpenCV {what}: {seconds * 1e3:F2} ms; the processor's kernel is {seconds / onCpu:F2} times as "
                    + "fast");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Say(string line) => Console.Out.WriteLine(line);
}
