namespace Kernels.Device;

/// <summary>A device that builds kernels from the one portable source: OpenCl and Cuda.</summary>
public interface ISourceDevice : IKernelDevice
{
    /// <summary>Whether it runs mma.sync m16n8k16 natively; otherwise the kernels emulate it or do without.</summary>
    bool HasTensorCores { get; }

    /// <summary>Whether it is a processor: wide vectors in few work-items suit it, narrow ones in many suit a GPU.
    /// </summary>
    bool IsProcessor { get; }

    /// <summary>Units that run work-groups side by side: a launch wants a few groups for each.</summary>
    int ComputeUnits { get; }

    /// <summary>Builds a source, or takes what was built before.</summary>
    /// <param name="source">The source and its definitions.</param>
    /// <returns>The program; the device owns it, and gives the same one for an equal source.</returns>
    /// <exception cref="KernelDeviceException">It does not compile; the message holds the compiler's words.</exception>
    IKernelProgram Build(KernelSource source);
}
