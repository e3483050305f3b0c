using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Kernels.Device.Cpu;

namespace Host.Bench;

/// <summary>What the processor can do at most. A shared machine changes while a bench runs, so it is measured between
/// the runs that are held against it.</summary>
internal sealed class KernelRoof
{
    private const long ReadBytes = 1L << 30; // Far above any cache.
    private const int Rounds = 4_000_000;
    private const int Sums = 12; // Independent sums: latency times units of the processors at hand, and then some.

    private readonly CpuDevice _device;
    private readonly ReadJob _read;
    private readonly MultiplyJob _multiply = new();
    private readonly List<double> _reads = [];
    private readonly List<double> _flops = [];

    /// <summary>Prepares the memory that is read.</summary>
    /// <param name="device">The threads.</param>
    public KernelRoof(CpuDevice device)
    {
        float[] memory = new float[ReadBytes / sizeof(float)];
        Array.Fill(memory, 1f); // Written, or every page would be the one page of zeros.
        (_device, _read) = (device, new ReadJob(memory, device.Threads));
    }

    /// <summary>Bytes a second that all threads read from memory that no cache holds: the median since
    /// <see cref="Forget"/>.</summary>
    public double ReadBytesPerSecond => _reads.Order().ElementAt(_reads.Count / 2);

    /// <summary>Operations a second of all threads in fused multiply-adds in registers, f32: the median since
    /// <see cref="Forget"/>.</summary>
    public double FlopsPerSecond => _flops.Order().ElementAt(_flops.Count / 2);

    /// <summary>Forgets what was measured.</summary>
    public void Forget()
    {
        _reads.Clear();
        _flops.Clear();
    }

    /// <summary>Measures once more.</summary>
    public void Measure()
    {
        _reads.Add(ReadBytes / Seconds(_read));
        _flops.Add(2.0 * Sums * Vector512<float>.Count * Rounds * _device.Threads / Seconds(_multiply));
    }

    private double Seconds(CpuJob job)
    {
        long started = Stopwatch.GetTimestamp();
        _device.Run(job, _device.Threads);
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
