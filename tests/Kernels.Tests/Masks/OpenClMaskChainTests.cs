using Kernels.Device;
using Kernels.Device.OpenCl;
using Kernels.Masks;
using Kernels.Tests.Device;

namespace Kernels.Tests.Masks;

[Collection(nameof(OpenClDevices))]
public sealed class OpenClMaskChainTests : SourceMaskChainTests, IDisposable
{
    private readonly OpenClDevice _device = OpenClDevices.Open();
    private readonly IMaskChain _chain;

    public OpenClMaskChainTests() => _chain = MaskChain.On(_device);

    protected override ISourceDevice Device => _device;

    protected override IMaskChain Chain => _chain;

    protected override int BatchesMax => 60; // A launch costs more than a small picture.

    public void Dispose()
    {
        _chain.Dispose();
        _device.Dispose();
    }
}
