using Engine.Options;
using Kernels.Device;
using Kernels.Device.Cpu;

namespace Host.Configuration;

/// <summary>What computes similarities and masks.</summary>
internal sealed record KernelOptions : ICheckedOptions
{
    /// <summary>auto, cuda, open_cl or cpu. auto takes an NVIDIA GPU, else an OpenCL GPU, else the processor; any other
    /// must be there. Default auto.</summary>
    public KernelDeviceChoice Device { get; init; }

    /// <summary>Threads of the processor's kernels, 1 to 256; 0 takes one a core. Default 0.</summary>
    public int Threads { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Threads is < 0 or > CpuDevice.ThreadsMax)
        {
            yield return new(nameof(Threads), $"is {Threads}; it must be 0 to {CpuDevice.ThreadsMax} threads");
        }
    }

    /// <summary>Looks for devices.</summary>
    /// <returns>The devices, none open yet.</returns>
    public KernelDevices Find() => new(
        () => new CpuDevice(Threads == 0 ? Math.Min(Environment.ProcessorCount, CpuDevice.ThreadsMax) : Threads),
        Path.Combine(CheckoutFolder.Path, ".cache", "opencl"));

    /// <summary>Looks for devices, opens the one that was chosen, and says which: who pays for a GPU wants to know that
    /// it is used.</summary>
    /// <param name="say">The log.</param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="KernelDeviceException">There is none such.</exception>
    public IKernelDevice Open(Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        IKernelDevice device = Open(Find());
        say($"kernels on {device.Kind}: {device.Name}");
        return device;
    }

    /// <summary>Opens the device that was chosen.</summary>
    /// <param name="devices">What was looked for.</param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="KernelDeviceException">There is none such.</exception>
    public IKernelDevice Open(KernelDevices devices) => devices.Open(Device switch
    {
        KernelDeviceChoice.Cuda => DeviceKind.Cuda,
        KernelDeviceChoice.OpenCl => DeviceKind.OpenCl,
        KernelDeviceChoice.Cpu => DeviceKind.Cpu,
        _ => null,
    });
}
