using Kernels.Device;

namespace Kernels.Tests.Device;

/// <summary>The laws of all devices, held by OpenCL on PoCL.</summary>
[Collection(nameof(OpenClDevices))]
public sealed class OpenClDeviceTests : SourceDeviceTests
{
    protected override ISourceDevice OpenSource() => OpenClDevices.Open();
}
