namespace Kernels.Device;

/// <summary>A built source.</summary>
public interface IKernelProgram
{
    /// <summary>Queues a kernel.</summary>
    /// <param name="entry">The kernel's name in the source.</param>
    /// <param name="shape">Groups and the size of one.</param>
    /// <param name="arguments">The arguments in the source's order.</param>
    /// <exception cref="ArgumentException">The source has no such kernel, or it takes another number of arguments.
    /// </exception>
    void Launch(string entry, LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments);
}
