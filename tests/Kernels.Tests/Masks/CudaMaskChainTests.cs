using Kernels.Device;
using Kernels.Device.Cuda;
using Kernels.Masks;
using Kernels.Tests.Device;

namespace Kernels.Tests.Masks;

[Collection(nameof(CudaDevices))]
public sealed class CudaMaskChainTests : SourceMaskChainTests, IDisposable
{
    private readonly CudaDevice _device = CudaDevices.Open();
    private readonly IMaskChain _chain;

    public CudaMaskChainTests() => _chain = MaskChain.On(_device);

    protected override ISourceDevice Device => _device;

    protected override IMaskChain Chain => _chain;

    public void Dispose()
    {
        _chain.Dispose();
        _device.Dispose();
    }
}
