using static Kernels.Device.OpenCl.OpenClNative;

namespace Kernels.Device.OpenCl;

/// <content>Buffers and what moves values between them.</content>
public sealed unsafe partial class OpenClDevice
{
    private const ulong ReadWrite = 1;
    private const uint Blocking = 1;

    /// <inheritdoc/>
    public DeviceBuffer<T> Allocate<T>(long count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > _allocationBytesMax / sizeof(T))
        {
            throw new KernelDeviceException(
                $"{count} values of {sizeof(T)} bytes are more than the {_allocationBytesMax} bytes that one buffer "
                + $"of {Name} can have.", outOfMemory: true);
        }

        int status;
        nint buffer = clCreateBuffer(Context, ReadWrite, (nuint)(count * sizeof(T)), null, &status);
        OpenClStatus.Check(status, $"Allocating {count * sizeof(T)} bytes on {Name}");
        return new DeviceBuffer<T>(this, buffer, count, static handle => _ = clReleaseMemObject(handle));
    }

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer<T> target, long offset = 0)
        where T : unmanaged
    {
        nint buffer = Checked(target, offset, source.Length);
        if (source.IsEmpty)
        {
            return;
        }

        fixed (T* from = source)
        {
            OpenClStatus.Check(
                clEnqueueWriteBuffer(
                    Queue, buffer, Blocking, Bytes<T>(offset), Bytes<T>(source.Length), from, 0, null, null),
                $"Uploading {source.Length} values to {Name}");
        }
    }

    /// <inheritdoc/>
    public void Download<T>(DeviceBuffer<T> source, Span<T> target, long offset = 0)
        where T : unmanaged
    {
        nint buffer = Checked(source, offset, target.Length);
        if (target.IsEmpty)
        {
            return;
        }

        fixed (T* into = target)
        {
            OpenClStatus.Check(
                clEnqueueReadBuffer(
                    Queue, buffer, Blocking, Bytes<T>(offset), Bytes<T>(target.Length), into, 0, null, null),
                $"Downloading {target.Length} values from {Name}");
        }
    }

    /// <inheritdoc/>
    public void Copy<T>(
        DeviceBuffer<T> source, long sourceOffset, DeviceBuffer<T> target, long targetOffset, long count)
        where T : unmanaged
    {
        nint from = Checked(source, sourceOffset, count);
        nint into = Checked(target, targetOffset, count);
        if (count > 0)
        {
            OpenClStatus.Check(
                clEnqueueCopyBuffer(
                    Queue, from, into, Bytes<T>(sourceOffset), Bytes<T>(targetOffset), Bytes<T>(count), 0, null, null),
                $"Copying {count} values on {Name}");
        }
    }

    private static nuint Bytes<T>(long count)
        where T : unmanaged => (nuint)(count * sizeof(T));

    private nint Checked<T>(DeviceBuffer<T> buffer, long offset, long count)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        buffer.CheckOwner(this);
        buffer.CheckRange(offset, count);
        return buffer.Handle;
    }
}
