namespace Kernels.Device;

/// <summary>What kind of device runs the kernels, in the order of preference.</summary>
public enum DeviceKind
{
    /// <summary>An NVIDIA GPU through the CUDA driver.</summary>
    Cuda,

    /// <summary>A GPU, or for tests a processor, through OpenCL.</summary>
    OpenCl,

    /// <summary>The processor, through .NET's vectors.</summary>
    Cpu,

    /// <summary>A device of somebody else, see <see cref="IKernelFactory"/>.</summary>
    Other,
}
