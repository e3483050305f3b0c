using Kernels.Device.Cpu;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

public sealed class CpuMaskChainTests : MaskChainTests, IDisposable
{
    private readonly CpuDevice _device = new(threads: 3);
    private readonly IMaskChain _chain;

    public CpuMaskChainTests() => _chain = MaskChain.On(_device);

    protected override IMaskChain Chain => _chain;

    public void Dispose()
    {
        _chain.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void Nothing_is_allocated_once_it_is_warm()
    {
        using CpuDevice device = new(threads: 1); // What other threads allocate is not counted here.
        using IMaskChain chain = MaskChain.On(device);
        MaskChainCase at = new(3, 40, 30, 200, 100, new MaskChainOptions { ErodePx = 2 }, Seed: 1);
        float[] logits = at.Logits();
        (uint[] bits, MaskRecord[] records) = RunOn(chain, at, logits);

        long before = GC.GetAllocatedBytesForCurrentThread();
        chain.Run(logits, 40, 30, at.Options, 200, 100, bits, records);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }
}
