using Kernels.Device;

namespace Kernels.Masks;

/// <summary>A device's buffer that grows to the largest size asked for and stays.</summary>
internal sealed class DeviceArray<T>(IKernelDevice device) : IDisposable
    where T : unmanaged
{
    private DeviceBuffer<T>? _buffer;

    /// <summary>The buffer, once there is one.</summary>
    public DeviceBuffer<T> Buffer => _buffer
        ?? throw new InvalidOperationException("Nothing was reserved.");

    /// <summary>Makes room for so many values; what was held is lost when it has to grow.</summary>
    public DeviceBuffer<T> Reserve(long count)
    {
        if (_buffer is null || _buffer.Count < count)
        {
            _buffer?.Dispose();
            _buffer = null; // Should the next line throw, the old one is not given back twice.
            _buffer = device.Allocate<T>(count);
        }

        return _buffer;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _buffer?.Dispose();
}
