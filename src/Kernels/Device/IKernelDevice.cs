namespace Kernels.Device;

/// <summary>A device that holds buffers and runs kernels on them, in the order they were given.</summary>
/// <remarks>
/// One queue a device: what is given later sees what was given before. Not safe from several threads at a time, unless
/// an implementation says so; two devices are independent. Every failure is a <see cref="KernelDeviceException"/>.
/// </remarks>
public interface IKernelDevice : IDisposable
{
    /// <summary>The kind.</summary>
    DeviceKind Kind { get; }

    /// <summary>The name that the driver gives, with the driver's version, for people and logs.</summary>
    string Name { get; }

    /// <summary>Memory in bytes that buffers can have altogether at most.</summary>
    long MemoryBytes { get; }

    /// <summary>Makes a buffer of <paramref name="count"/> values, contents undefined.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="count">Values, 1 or more.</param>
    /// <returns>The buffer; the caller disposes it, before the device.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 1.</exception>
    /// <exception cref="KernelDeviceException">The device has not that much memory.</exception>
    DeviceBuffer<T> Allocate<T>(long count)
        where T : unmanaged;

    /// <summary>Copies values to the device. When it returns, the source may be changed.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="source">The values.</param>
    /// <param name="target">A buffer of this device.</param>
    /// <param name="offset">Where in the target the first one goes, in values.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not fit.</exception>
    void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer<T> target, long offset = 0)
        where T : unmanaged;

    /// <summary>Waits for all that was given before and copies values from the device.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="source">A buffer of this device.</param>
    /// <param name="target">Receives as many values as it has room for.</param>
    /// <param name="offset">Where in the source the first one is, in values.</param>
    /// <exception cref="ArgumentOutOfRangeException">The source has not that many values.</exception>
    void Download<T>(DeviceBuffer<T> source, Span<T> target, long offset = 0)
        where T : unmanaged;

    /// <summary>Queues a copy from one buffer of this device to another; they do not overlap.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="source">The buffer read.</param>
    /// <param name="sourceOffset">Where its first value is.</param>
    /// <param name="target">The buffer written.</param>
    /// <param name="targetOffset">Where the first value goes.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range lies outside its buffer.</exception>
    void Copy<T>(DeviceBuffer<T> source, long sourceOffset, DeviceBuffer<T> target, long targetOffset, long count)
        where T : unmanaged;

    /// <summary>Marks this place of the queue.</summary>
    /// <returns>The mark; the caller disposes it.</returns>
    IKernelEvent Record();

    /// <summary>Waits until all that was given is done.</summary>
    void Synchronize();
}
