namespace Kernels.Device;

/// <summary>A device refused or failed. <see cref="DeviceLost"/> says whether there is any use in going on with it.
/// </summary>
public sealed class KernelDeviceException : Exception
{
    /// <summary>Says what failed.</summary>
    /// <param name="message">What was asked, of which device, and what it answered.</param>
    /// <param name="code">The driver's error code; 0 where there is none.</param>
    /// <param name="deviceLost">Whether the device answers nothing any more until it is opened anew.</param>
    /// <param name="outOfMemory">Whether less memory might do.</param>
    /// <param name="inner">The cause, if it is an exception.</param>
    public KernelDeviceException(
        string message, int code = 0, bool deviceLost = false, bool outOfMemory = false, Exception? inner = null)
        : base(message, inner)
    {
        (Code, DeviceLost, OutOfMemory) = (code, deviceLost, outOfMemory);
    }

    /// <summary>The driver's error code; 0 where there is none.</summary>
    public int Code { get; }

    /// <summary>Whether the device and all its buffers are gone: a new device must be opened.</summary>
    public bool DeviceLost { get; }

    /// <summary>Whether it was a lack of memory, so that a smaller batch may do.</summary>
    public bool OutOfMemory { get; }
}
