using Kernels.Device.Cuda;
using Kernels.Compositing;
using Kernels.Tests.Device;
using Of = Kernels.Compositing.Composite;

namespace Kernels.Tests.Compositing;

[Collection(nameof(CudaDevices))]
public sealed class CudaCompositeTests : CompositeTests, IDisposable
{
    private readonly CudaDevice _device = CudaDevices.Open();
    private readonly IComposite _composite;

    public CudaCompositeTests() => _composite = Of.On(_device);

    protected override IComposite Composite => _composite;

    public void Dispose()
    {
        _composite.Dispose();
        _device.Dispose();
    }
}
