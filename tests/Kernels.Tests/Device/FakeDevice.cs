using Kernels.Device;

namespace Kernels.Tests.Device;

/// <summary>A device that has a name and nothing else.</summary>
internal sealed class FakeDevice(DeviceKind kind, string name) : IKernelDevice
{
    public DeviceKind Kind => kind;

    public string Name => name;

    public long MemoryBytes => 1;

    public DeviceBuffer<T> Allocate<T>(long count)
        where T : unmanaged => throw new NotSupportedException();

    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer<T> target, long offset = 0)
        where T : unmanaged => throw new NotSupportedException();

    public void Download<T>(DeviceBuffer<T> source, Span<T> target, long offset = 0)
        where T : unmanaged => throw new NotSupportedException();

    public void Copy<T>(
        DeviceBuffer<T> source, long sourceOffset, DeviceBuffer<T> target, long targetOffset, long count)
        where T : unmanaged => throw new NotSupportedException();

    public IKernelEvent Record() => throw new NotSupportedException();

    public void Synchronize()
    {
    }

    public void Dispose()
    {
    }
}
