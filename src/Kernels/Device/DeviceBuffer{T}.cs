namespace Kernels.Device;

/// <summary>Values of one type in the memory of a device.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed unsafe class DeviceBuffer<T> : DeviceBuffer
    where T : unmanaged
{
    /// <summary>Describes memory of a device. Devices make these; a user takes one from
    /// <see cref="IKernelDevice.Allocate{T}"/>.</summary>
    /// <param name="device">The device.</param>
    /// <param name="handle">What the driver calls it.</param>
    /// <param name="count">Values.</param>
    /// <param name="release">Gives the memory back; null when it belongs to another.</param>
    public DeviceBuffer(IKernelDevice device, nint handle, long count, Action<nint>? release)
        : base(device, handle, count * sizeof(T), release)
    {
        Count = count;
    }

    /// <summary>How many values it holds.</summary>
    public long Count { get; }

    /// <summary>Checks that a range lies inside, for the devices.</summary>
    /// <param name="offset">The first value.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    public void CheckRange(long offset, long count)
    {
        if (offset < 0 || count < 0 || offset > Count - count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{count} values from {offset} on lie outside a buffer of {Count}.");
        }
    }
}
