using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Kernels.Device.Cpu;

namespace Host.Bench;

/// <summary>What the processor can do at most, measured in the run that is held against it.</summary>
/// <param name="ReadBytesPerSecond">Reading memory that no cache holds, by all threads.</param>
/// <param name="FlopsPerSecond">Fused multiply-adds in registers, f32, two operations each, by all threads.</param>
internal sealed record KernelRoof(double ReadBytesPerSecond, double FlopsPerSecond)
{
    private const int Repeats = 7;
    private const long ReadBytes = 1L << 30; // Far above any cache.
    private const int Rounds = 4_000_000;
    private const int Sums = 12; // Independent sums: latency times units of the processors at hand, and then some.

    /// <summary>Measures; the best of several, since it is a roof.</summary>
    /// <param name="device">The threads.</param>
    public static KernelRoof Measure(CpuDevice device)
    {
        float[] memory = new float[ReadBytes / sizeof(float)];
        Array.Fill(memory, 1f); // Written, or every page would be the one page of zeros.
        ReadJob read = new(memory, device.Threads);
        MultiplyJob multiply = new();
        (double readBest, double multiplyBest) = (double.MaxValue, double.MaxValue);
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            readBest = Math.Min(readBest, Seconds(device, read));
            multiplyBest = Math.Min(multiplyBest, Seconds(device, multiply));
        }

        double flops = 2.0 * Sums * Vector512<float>.Count * Rounds * device.Threads;
        return new KernelRoof(ReadBytes / readBest, flops / multiplyBest);
    }

    private static double Seconds(CpuDevice device, CpuJob job)
    {
        long started = Stopwatch.GetTimestamp();
        device.Run(job, device.Threads);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private sealed class ReadJob(float[] memory, int parts) : CpuJob
    {
        public float Kept { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(int part, int worker)
        {
            int count = memory.Length / parts;
            ref float from = ref memory[count * part];
            Vector512<float> a = default, b = default, c = default, d = default;
            for (nuint i = 0; i + 64 <= (nuint)count; i += 64)
            {
                a += Vector512.LoadUnsafe(ref from, i);
                b += Vector512.LoadUnsafe(ref from, i + 16);
                c += Vector512.LoadUnsafe(ref from, i + 32);
                d += Vector512.LoadUnsafe(ref from, i + 48);
            }

            Kept = Vector512.Sum(a + b + c + d); // Used, so that the reading is not optimised away.
        }
    }

    private sealed class MultiplyJob : CpuJob
    {
        public float Kept { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(int part, int worker)
        {
            Vector512<float> x = Vector512.Create(0.999f), one = Vector512.Create(1f);
            Vector512<float> a = one, b = one, c = one, d = one, e = one, f = one;
            Vector512<float> g = one, h = one, i = one, j = one, k = one, l = one;
            for (int round = 0; round < Rounds; round++)
            {
                a = Vector512.FusedMultiplyAdd(a, x, one);
                b = Vector512.FusedMultiplyAdd(b, x, one);
                c = Vector512.FusedMultiplyAdd(c, x, one);
                d = Vector512.FusedMultiplyAdd(d, x, one);
                e = Vector512.FusedMultiplyAdd(e, x, one);
                f = Vector512.FusedMultiplyAdd(f, x, one);
                g = Vector512.FusedMultiplyAdd(g, x, one);
                h = Vector512.FusedMultiplyAdd(h, x, one);
                i = Vector512.FusedMultiplyAdd(i, x, one);
                j = Vector512.FusedMultiplyAdd(j, x, one);
                k = Vector512.FusedMultiplyAdd(k, x, one);
                l = Vector512.FusedMultiplyAdd(l, x, one);
            }

            Kept = Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }
}
