using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <content>Buffers and what moves values between them.</content>
public sealed unsafe partial class CudaDevice
{
    /// <inheritdoc/>
    public DeviceBuffer<T> Allocate<T>(long count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using CudaScope scope = Enter();
        if (count > MemoryBytes / sizeof(T))
        {
            throw new KernelDeviceException(
                $"{count} values of {sizeof(T)} bytes are more than the {MemoryBytes} bytes of {Name}.",
                outOfMemory: true);
        }

        nint address;
        CudaStatus.Check(
            cuMemAlloc_v2(&address, (nuint)(count * sizeof(T))), $"Allocating {count * sizeof(T)} bytes on {Name}");
        return new DeviceBuffer<T>(this, address, count, Release);
    }

    /// <summary>Describes memory of this GPU that belongs to another, for example a tensor of ONNX Runtime.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="address">Its address in the primary context; it stays while the buffer is used.</param>
    /// <param name="count">Values, 1 or more.</param>
    /// <returns>The buffer; disposing it frees nothing.</returns>
    /// <remarks>What wrote it must have been given to this device's stream, or be waited for.</remarks>
    public DeviceBuffer<T> Wrap<T>(nint address, long count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new DeviceBuffer<T>(this, address, count, release: null);
    }

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer<T> target, long offset = 0)
        where T : unmanaged
    {
        using CudaScope scope = Enter();
        nint address = Checked(target, offset, source.Length);
        if (source.IsEmpty)
        {
            return;
        }

        fixed (T* from = source)
        {
            CudaStatus.Check(
                cuMemcpyHtoDAsync_v2(address, from, Bytes<T>(source.Length), _stream),
                $"Uploading {source.Length} values to {Name}");

            // The source is promised to be free, and pinned only until here.
            CudaStatus.Check(cuStreamSynchronize(_stream), $"Uploading {source.Length} values to {Name}");
        }
    }

    /// <inheritdoc/>
    public void Download<T>(DeviceBuffer<T> source, Span<T> target, long offset = 0)
        where T : unmanaged
    {
        using CudaScope scope = Enter();
        nint address = Checked(source, offset, target.Length);
        if (target.IsEmpty)
        {
            return;
        }

        fixed (T* into = target)
        {
            CudaStatus.Check(
                cuMemcpyDtoHAsync_v2(into, address, Bytes<T>(target.Length), _stream),
                $"Downloading {target.Length} values from {Name}");
            CudaStatus.Check(cuStreamSynchronize(_stream), $"Downloading {target.Length} values from {Name}");
        }
    }

    /// <inheritdoc/>
    public void Copy<T>(
        DeviceBuffer<T> source, long sourceOffset, DeviceBuffer<T> target, long targetOffset, long count)
        where T : unmanaged
    {
        using CudaScope scope = Enter();
        nint from = Checked(source, sourceOffset, count);
        nint into = Checked(target, targetOffset, count);
        if (count > 0)
        {
            CudaStatus.Check(
                cuMemcpyDtoDAsync_v2(into, from, Bytes<T>(count), _stream), $"Copying {count} values on {Name}");
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
        return buffer.Handle + (nint)Bytes<T>(offset);
    }

    // Memory that outlives the device went with the context, or stays until the process ends where ONNX Runtime
    // holds that.
    private void Release(nint address)
    {
        if (!_disposed)
        {
            using CudaScope scope = Enter();
            _ = cuMemFree_v2(address); // It waits for what uses it; on a lost device there is nothing to give back.
        }
    }
}
