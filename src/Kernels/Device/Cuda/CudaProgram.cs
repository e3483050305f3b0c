using System.Text;
using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>A module of PTX on a GPU, and its kernels.</summary>
internal sealed unsafe class CudaProgram : IKernelProgram
{
    private const int LocalBytesMax = 48 * 1024;
    private const int LocalBytesKey = 1;
    private const int ErrorLogOption = 5;
    private const int ErrorLogBytesOption = 6;
    private const int LogBytes = 16 * 1024;

    private readonly CudaDevice _device;
    private readonly KernelSource _source;
    private readonly nint _module;
    private readonly IReadOnlyDictionary<string, int> _arguments;
    private readonly Dictionary<string, nint> _functions = [];

    private CudaProgram(CudaDevice device, KernelSource source, nint module, IReadOnlyDictionary<string, int> arguments)
    {
        (_device, _source, _module, _arguments) = (device, source, module, arguments);
    }

    /// <summary>Gives PTX to the driver, which compiles it; the context is entered.</summary>
    /// <param name="device">The GPU.</param>
    /// <param name="source">What the PTX was made from.</param>
    /// <param name="ptx">The PTX.</param>
    public static CudaProgram Load(CudaDevice device, KernelSource source, CudaPtx ptx)
    {
        byte[] log = new byte[LogBytes];
        nint module;
        int status;
        fixed (byte* text = Encoding.UTF8.GetBytes(ptx.Text + "\0"))
        fixed (byte* words = log)
        {
            int* names = stackalloc int[] { ErrorLogOption, ErrorLogBytesOption };
            void** values = stackalloc void*[] { words, (void*)LogBytes };
            status = cuModuleLoadDataEx(&module, text, 2, names, values);
        }

        CudaStatus.Check(
            status, $"Loading {source.Name} {source.Variant} for sm_{ptx.Capability} on {device.Name}",
            Encoding.UTF8.GetString(log).TrimEnd('\0'));
        return new CudaProgram(device, source, module, ptx.Entries());
    }

    /// <inheritdoc/>
    public void Launch(string entry, LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        using CudaScope scope = _device.Enter();
        nint function = Find(entry, arguments.Length);

        // Each argument is read through a pointer to it: eight bytes for an address, the lower four for a number.
        long* bits = stackalloc long[arguments.Length];
        void** pointers = stackalloc void*[arguments.Length];
        for (int index = 0; index < arguments.Length; index++)
        {
            KernelArgument argument = arguments[index];
            bits[index] = argument.IsBuffer ? argument.Buffer?.Handle ?? 0 : argument.Bits;
            pointers[index] = bits + index;
        }

        ((int X, int Y, int Z) groups, (int X, int Y, int Z) size) = shape;
        CudaStatus.Check(
            cuLaunchKernel(
                function, (uint)groups.X, (uint)groups.Y, (uint)groups.Z, (uint)size.X, (uint)size.Y, (uint)size.Z,
                0, _device.Stream, pointers, null),
            $"Launching {entry} of {_source.Name} as {shape} on {_device.Name}");
    }

    /// <summary>Gives the module back; the context is entered.</summary>
    public void Unload() => _ = cuModuleUnload(_module);

    private nint Find(string entry, int arguments)
    {
        if (!_arguments.TryGetValue(entry, out int count))
        {
            throw new ArgumentException($"{_source.Name} has no kernel \"{entry}\".", nameof(entry));
        }

        if (arguments != count)
        {
            throw new ArgumentException(
                $"{entry} of {_source.Name} takes {count} arguments, not {arguments}.", nameof(arguments));
        }

        if (_functions.TryGetValue(entry, out nint function))
        {
            return function;
        }

        int localBytes;
        fixed (byte* name = Encoding.UTF8.GetBytes(entry + "\0"))
        {
            CudaStatus.Check(cuModuleGetFunction(&function, _module, name), $"Finding {entry} of {_source.Name}");
        }

        CudaStatus.Check(
            cuFuncGetAttribute(&localBytes, LocalBytesKey, function), $"Asking {entry} for its local memory");
        if (localBytes > LocalBytesMax)
        {
            throw new KernelDeviceException(
                $"{entry} of {_source.Name} takes {localBytes} bytes of local memory; {LocalBytesMax} is what "
                + "every GPU has.");
        }

        _functions.Add(entry, function);
        return function;
    }
}
