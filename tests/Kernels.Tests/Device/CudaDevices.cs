using Kernels.Device.Cuda;

namespace Kernels.Tests.Device;

/// <summary>Opens the GPU that tests run on. Its name is also that of the collection of all tests that use
/// one.</summary>
internal static class CudaDevices
{
    /// <summary>The device; the caller disposes it. Skips the test where there is none: CI has none, so this is never
    /// a failure.</summary>
    public static CudaDevice Open()
    {
        IReadOnlyList<CudaCandidate> candidates = CudaCandidate.All(out string? problem);
        Assert.SkipWhen(candidates.Count == 0, $"No CUDA device: {problem}");
        return new CudaDevice(candidates[0]);
    }
}
