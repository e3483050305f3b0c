using Kernels.Device;
using Kernels.Device.Cpu;

namespace Kernels.CategoryMean;

/// <summary>Makes the mean cosine to a category for a device.</summary>
public static class CategoryMeanScore
{
    /// <summary>Makes it.</summary>
    /// <param name="device">The device; it stays the caller's.</param>
    /// <param name="means">The means. The processor keeps them; other devices copy them.</param>
    /// <returns>The kernel; the caller disposes it, before the device.</returns>
    /// <exception cref="NotSupportedException">The device has no such kernel.</exception>
    public static ICategoryMean On(IKernelDevice device, CategoryMeans means) => device switch
    {
        CpuDevice => new CpuCategoryMean(means),
        ISourceDevice source => new SourceCategoryMean(source, means),
        IKernelFactory other when other.Create<ICategoryMean>(means) is { } kernel => kernel,
        _ => throw new NotSupportedException($"{device.Name} has no category mean."),
    };
}
