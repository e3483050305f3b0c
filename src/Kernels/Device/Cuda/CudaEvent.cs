using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>A mark in a CUDA stream.</summary>
internal sealed unsafe class CudaEvent(CudaDevice device, nint mark) : IKernelEvent
{
    private int _disposed;

    /// <inheritdoc/>
    public bool IsDone
    {
        get
        {
            using CudaScope scope = Enter();
            int status = cuEventQuery(mark);
            if (status != CudaStatus.NotReady)
            {
                CudaStatus.Check(status, $"What was queued on {device.Name}");
            }

            return status == 0;
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        using CudaScope scope = Enter();
        CudaStatus.Check(cuEventSynchronize(mark), $"Waiting for a mark of {device.Name}");
    }

    /// <inheritdoc/>
    public TimeSpan Since(IKernelEvent earlier)
    {
        if (earlier is not CudaEvent other || other.Device != device)
        {
            throw new ArgumentException($"The earlier mark is not one of {device.Name}.", nameof(earlier));
        }

        other.Wait();
        Wait();
        using CudaScope scope = Enter();
        float milliseconds;
        CudaStatus.Check(
            cuEventElapsedTime(&milliseconds, other.Mark, mark), $"Asking for the time between marks of {device.Name}");
        return TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && !device.IsDisposed)
        {
            using CudaScope scope = device.Enter();
            _ = cuEventDestroy_v2(mark);
        }
    }

    private CudaDevice Device => device;

    private nint Mark => mark;

    private CudaScope Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return device.Enter();
    }
}
