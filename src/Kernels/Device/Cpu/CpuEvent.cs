using System.Diagnostics;

namespace Kernels.Device.Cpu;

/// <summary>A moment: what was given to the processor before it is done when the call returns.</summary>
internal sealed class CpuEvent : IKernelEvent
{
    private readonly long _at = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public bool IsDone => true;

    /// <inheritdoc/>
    public void Wait()
    {
    }

    /// <inheritdoc/>
    public TimeSpan Since(IKernelEvent earlier) => earlier is CpuEvent moment
        ? Stopwatch.GetElapsedTime(moment._at, _at)
        : throw new ArgumentException("The mark is of another device.", nameof(earlier));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
