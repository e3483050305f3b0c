using static Kernels.Device.OpenCl.OpenClNative;

namespace Kernels.Device.OpenCl;

/// <summary>A marker in an OpenCL queue.</summary>
internal sealed unsafe class OpenClEvent(OpenClDevice device, nint mark) : IKernelEvent
{
    private const uint StatusKey = 0x11D3;
    private const uint EndKey = 0x1283;
    private const int Complete = 0;

    private int _disposed;

    /// <inheritdoc/>
    public bool IsDone
    {
        get
        {
            int status;
            OpenClStatus.Check(clGetEventInfo(Mark, StatusKey, sizeof(int), &status, null), "Asking for a mark");
            if (status < 0) // A command before it failed, with this code.
            {
                OpenClStatus.Check(status, $"What was queued on {device.Name}");
            }

            return status == Complete;
        }
    }

    private nint Mark
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return mark;
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        nint handle = Mark;
        OpenClStatus.Check(clWaitForEvents(1, &handle), $"Waiting for a mark of {device.Name}");
    }

    /// <inheritdoc/>
    public TimeSpan Since(IKernelEvent earlier)
    {
        if (earlier is not OpenClEvent other || other.Device != device)
        {
            throw new ArgumentException($"The earlier mark is not one of {device.Name}.", nameof(earlier));
        }

        other.Wait();
        Wait();
        return TimeSpan.FromMicroseconds(Math.Max(0, (EndNanoseconds() - other.EndNanoseconds()) / 1e3));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _ = clReleaseEvent(mark);
        }
    }

    private OpenClDevice Device => device;

    private long EndNanoseconds()
    {
        long end;
        OpenClStatus.Check(clGetEventProfilingInfo(Mark, EndKey, sizeof(long), &end, null), "Asking for a mark's time");
        return end;
    }
}
