using Kernels.Device.OpenCl;

namespace Kernels.Tests.Device;

/// <summary>Opens the OpenCL device that tests run on: the first one, PoCL or, below oclgrind, the one that watches.
/// Its name is also that of the collection of all tests that use one, which therefore run one after another.</summary>
internal static class OpenClDevices
{
    /// <summary>The device; the caller disposes it. Skips the test where there is none.</summary>
    /// <param name="cacheFolder">Where built programs are kept; null for nowhere.</param>
    public static OpenClDevice Open(string? cacheFolder = null)
    {
        IReadOnlyList<OpenClCandidate> candidates = OpenClCandidate.All(out string? problem);
        if (candidates.Count == 0)
        {
            RequiredDevice.Missing($"No OpenCL device: {problem}");
        }

        return new OpenClDevice(candidates[0], cacheFolder);
    }
}
