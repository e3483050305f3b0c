namespace Kernels.Device.Cpu;

/// <summary>Work that a <see cref="CpuDevice"/> spreads over its threads. Made once and run often, so that a call
/// allocates nothing.</summary>
public abstract class CpuJob
{
    /// <summary>Does one part. Parts run in any order, several at a time.</summary>
    /// <param name="part">0 to parts - 1.</param>
    /// <param name="worker">The thread it runs on, 0 to threads - 1: no two parts share it at a time.</param>
    public abstract void Run(int part, int worker);
}
