namespace Kernels.Device;

/// <summary>A device that brings kernels of its own, for devices that are written elsewhere.</summary>
/// <remarks>
/// A kernel is an interface, such as <c>ISimilarity</c>. Whoever makes one for a device asks in this order: a kernel in
/// C# (Cpu), a kernel in source (<see cref="ISourceDevice"/>), this.
/// </remarks>
public interface IKernelFactory
{
    /// <summary>Makes a kernel for this device.</summary>
    /// <typeparam name="TKernel">The kernel's interface.</typeparam>
    /// <param name="argument">What it is made from, for example the rows of a similarity.</param>
    /// <returns>The kernel; null where this device has none of the kind.</returns>
    TKernel? Create<TKernel>(object argument)
        where TKernel : class;
}
