using Kernels.Device;

namespace Kernels.Tests.Device;

/// <summary>The laws of all devices, held by a GPU. It builds no source at run time, so those laws are not its own.
/// </summary>
[Collection(nameof(CudaDevices))]
public sealed class CudaDeviceTests : KernelDeviceTests
{
    protected override IKernelDevice Open() => CudaDevices.Open();
}
