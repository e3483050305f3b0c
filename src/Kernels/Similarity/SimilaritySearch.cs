using Kernels.Device;
using Kernels.Device.Cpu;

namespace Kernels.Similarity;

/// <summary>Makes the similarity for a device.</summary>
public static class SimilaritySearch
{
    /// <summary>Makes it.</summary>
    /// <param name="device">The device; it stays the caller's.</param>
    /// <param name="rows">The rows. The processor reads them where they are; other devices copy them.</param>
    /// <returns>The similarity; the caller disposes it, before the rows and the device.</returns>
    /// <exception cref="NotSupportedException">The device has no such kernel.</exception>
    public static ISimilarity On(IKernelDevice device, SimilarityRows rows) => device switch
    {
        CpuDevice cpu => new CpuSimilarity(cpu, rows),
        ISourceDevice source => new SourceSimilarity(source, rows),
        IKernelFactory other when other.Create<ISimilarity>(rows) is { } similarity => similarity,
        _ => throw new NotSupportedException($"{device.Name} has no similarity kernel."),
    };
}
