using Kernels.Device;
using Kernels.Device.Cpu;

namespace Kernels.Tests.Device;

/// <summary>The laws of all devices, held by the processor.</summary>
public sealed class CpuDeviceTests : KernelDeviceTests
{
    protected override IKernelDevice Open() => new CpuDevice(threads: 2);
}
