using Kernels.Compositing;
using Kernels.Device.Cpu;
using Of = Kernels.Compositing.Composite;

namespace Kernels.Tests.Compositing;

public sealed class CpuCompositeTests : CompositeTests, IDisposable
{
    private readonly CpuDevice _device = new(threads: 3);
    private readonly IComposite _composite;

    public CpuCompositeTests() => _composite = Of.On(_device);

    protected override IComposite Composite => _composite;

    public void Dispose()
    {
        _composite.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void Nothing_is_allocated_once_it_is_warm()
    {
        using CpuDevice device = new(threads: 1); // What other threads allocate is not counted here.
        using IComposite composite = Of.On(device);
        CompositeInput at = new CompositeCase(60, 50, 2, 4, Seed: 1).Make().RunOn(composite);

        long before = GC.GetAllocatedBytesForCurrentThread();
        composite.Run(at.Picture, at.Width, at.Height, at.Cutouts, at.Pastes, at.Objects, at.Bits, at.Records);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }
}
