using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Kernels.Device.Cpu;

/// <summary>The processor: kernels in C#, on a bounded number of threads of its own.</summary>
/// <remarks>Jobs run one after another; callers on several threads wait for each other.</remarks>
public sealed unsafe class CpuDevice : IKernelDevice
{
    /// <summary>Most threads of one device.</summary>
    public const int ThreadsMax = 256;

    private const nuint Alignment = 64; // A cache line, and the widest vector.

    private readonly CpuWorkers _workers;
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many, the caller's own among them; 1 to <see cref="ThreadsMax"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public CpuDevice(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, ThreadsMax);
        Threads = threads;
        _workers = new CpuWorkers(threads);
    }

    /// <summary>Threads that work at a time, the caller's own among them.</summary>
    public int Threads { get; }

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cpu;

    /// <inheritdoc/>
    public string Name => $"{RuntimeInformation.ProcessArchitecture} processor, {VectorBits()}-bit vectors, "
        + $"{Threads} thread{(Threads == 1 ? "" : "s")}";

    /// <inheritdoc/>
    public long MemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <inheritdoc/>
    public DeviceBuffer<T> Allocate<T>(long count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count > MemoryBytes / sizeof(T))
        {
            throw TooLarge(count, sizeof(T), inner: null);
        }

        try
        {
            nint memory = (nint)NativeMemory.AlignedAlloc((nuint)(count * sizeof(T)), Alignment);
            return new DeviceBuffer<T>(this, memory, count, handle => NativeMemory.AlignedFree((void*)handle));
        }
        catch (OutOfMemoryException cause)
        {
            throw TooLarge(count, sizeof(T), cause);
        }
    }

    /// <inheritdoc/>
    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer<T> target, long offset = 0)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        target.CheckOwner(this);
        target.CheckRange(offset, source.Length);
        source.CopyTo(new Span<T>((T*)target.Handle + offset, source.Length));
    }

    /// <inheritdoc/>
    public void Download<T>(DeviceBuffer<T> source, Span<T> target, long offset = 0)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        source.CheckOwner(this);
        source.CheckRange(offset, target.Length);
        new ReadOnlySpan<T>((T*)source.Handle + offset, target.Length).CopyTo(target);
    }

    /// <inheritdoc/>
    public void Copy<T>(
        DeviceBuffer<T> source, long sourceOffset, DeviceBuffer<T> target, long targetOffset, long count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        source.CheckOwner(this);
        target.CheckOwner(this);
        source.CheckRange(sourceOffset, count);
        target.CheckRange(targetOffset, count);
        NativeMemory.Copy(
            (T*)source.Handle + sourceOffset, (T*)target.Handle + targetOffset, (nuint)(count * sizeof(T)));
    }

    /// <inheritdoc/>
    public IKernelEvent Record()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new CpuEvent();
    }

    /// <inheritdoc/>
    public void Synchronize() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>Runs all parts of a job and returns when they are done.</summary>
    /// <param name="job">The job.</param>
    /// <param name="parts">How many, 0 or more.</param>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    /// <remarks>The first exception of a part is thrown again here, when all parts have ended.</remarks>
    public void Run(CpuJob job, int parts) => _workers.Run(job, parts);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _disposed = true;
        _workers.Dispose();
    }

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 64;

    private KernelDeviceException TooLarge(long count, int size, Exception? inner) => new(
        $"{count} values of {size} bytes are more than the {MemoryBytes} bytes that this process may have.",
        outOfMemory: true, inner: inner);
}
