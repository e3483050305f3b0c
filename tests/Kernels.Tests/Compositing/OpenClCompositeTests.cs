using Kernels.Device.OpenCl;
using Kernels.Compositing;
using Kernels.Tests.Device;
using Of = Kernels.Compositing.Composite;

namespace Kernels.Tests.Compositing;

[Collection(nameof(OpenClDevices))]
public sealed class OpenClCompositeTests : CompositeTests, IDisposable
{
    private readonly OpenClDevice _device = OpenClDevices.Open();
    private readonly IComposite _composite;

    public OpenClCompositeTests() => _composite = Of.On(_device);

    protected override IComposite Composite => _composite;

    protected override int CasesMax => 80; // A launch costs more than a small picture.

    public void Dispose()
    {
        _composite.Dispose();
        _device.Dispose();
    }
}
