namespace Kernels.Device;

/// <summary>A buffer that is made anew when more is asked of it than it holds; what was in it is then lost.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="device">The device.</param>
internal sealed class GrowingBuffer<T>(IKernelDevice device) : IDisposable
    where T : unmanaged
{
    private DeviceBuffer<T>? _buffer;

    /// <summary>The buffer, once room was asked for.</summary>
    public DeviceBuffer<T> Buffer => _buffer ?? throw new InvalidOperationException("Nothing was reserved.");

    /// <summary>Makes room for so many values at least, and gives the buffer.</summary>
    /// <param name="count">Values, 0 or more.</param>
    public DeviceBuffer<T> Reserve(long count)
    {
        if (_buffer is null || _buffer.Count < count)
        {
            _buffer?.Dispose();
            _buffer = null; // Should the next line throw, nothing disposed stays behind.
            _buffer = device.Allocate<T>(Math.Max(count, 1));
        }

        return _buffer;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer?.Dispose();
}
