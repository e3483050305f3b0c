namespace Kernels.Device;

/// <summary>Memory of a device. Disposing gives it back once; a wrapped buffer belongs to another and stays.</summary>
public abstract class DeviceBuffer : IDisposable
{
    private readonly nint _handle;
    private Action<nint>? _release;
    private int _disposed;

    private protected DeviceBuffer(IKernelDevice device, nint handle, long sizeBytes, Action<nint>? release)
    {
        (Device, _handle, SizeBytes, _release) = (device, handle, sizeBytes, release);
    }

    /// <summary>The device whose memory it is.</summary>
    public IKernelDevice Device { get; }

    /// <summary>Its size in bytes.</summary>
    public long SizeBytes { get; }

    /// <summary>What the driver calls it: an address (Cpu, Cuda) or a cl_mem (OpenCl).</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _handle;
        }
    }

    /// <summary>Checks that it belongs to a device, for the devices.</summary>
    /// <param name="device">The device.</param>
    /// <exception cref="ArgumentException">It belongs to another: its handle means nothing there.</exception>
    public void CheckOwner(IKernelDevice device)
    {
        if (!ReferenceEquals(device, Device))
        {
            throw new ArgumentException($"The buffer belongs to {Device.Name}, not to {device?.Name}.");
        }
    }

    /// <summary>Gives the memory back, the first time.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _release?.Invoke(_handle);
            _release = null;
        }

        GC.SuppressFinalize(this);
    }
}
