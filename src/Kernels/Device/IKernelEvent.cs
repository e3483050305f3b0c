namespace Kernels.Device;

/// <summary>A place in a device's queue.</summary>
public interface IKernelEvent : IDisposable
{
    /// <summary>Whether the device has come to it.</summary>
    bool IsDone { get; }

    /// <summary>Waits until the device has come to it.</summary>
    void Wait();

    /// <summary>Waits for both and gives the time between them, by the device's clock.</summary>
    /// <param name="earlier">A mark of the same device that was recorded before.</param>
    /// <returns>The time, zero or more.</returns>
    TimeSpan Since(IKernelEvent earlier);
}
