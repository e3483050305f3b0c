using System.Globalization;
using System.Text;
using static Kernels.Device.OpenCl.OpenClNative;

namespace Kernels.Device.OpenCl;

/// <summary>A source built for an OpenCL device, and its kernels.</summary>
internal sealed unsafe class OpenClProgram : IKernelProgram
{
    private const uint ArgumentsKey = 0x1191;
    private const uint LocalBytesKey = 0x11B2;
    private const uint BinarySizesKey = 0x1165;
    private const uint BinariesKey = 0x1166;
    private const uint LogKey = 0x1183;

    private readonly OpenClDevice _device;
    private readonly KernelSource _source;
    private readonly nint _program;
    private readonly Dictionary<string, (nint Kernel, int Arguments)> _kernels = [];

    private OpenClProgram(OpenClDevice device, KernelSource source, nint program) =>
        (_device, _source, _program) = (device, source, program);

    /// <summary>Builds a source: from the cache if what is there is good, else from the text.</summary>
    /// <param name="device">The device.</param>
    /// <param name="source">The source.</param>
    /// <param name="cache">What was built before; null for none.</param>
    public static OpenClProgram Build(OpenClDevice device, KernelSource source, ProgramCache? cache)
    {
        string options = "-cl-std=CL1.2" + string.Concat(source.Defines.Select(
            define => string.Create(CultureInfo.InvariantCulture, $" -D{define.Key}={define.Value}")));
        string key = ProgramCache.KeyOf(source.Text, options, device.Name);
        if (cache?.Read(key) is { } binary && FromBinary(device, binary, options) is { } kept)
        {
            return new OpenClProgram(device, source, kept);
        }

        nint program = FromText(device, source, options);
        cache?.Write(key, BinaryOf(program));
        return new OpenClProgram(device, source, program);
    }

    /// <inheritdoc/>
    public void Launch(string entry, LaunchShape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        nint queue = _device.Queue;
        (nint kernel, int count) = Find(entry);
        if (arguments.Length != count)
        {
            throw new ArgumentException(
                $"{entry} of {_source.Name} takes {count} arguments, not {arguments.Length}.", nameof(arguments));
        }

        for (int index = 0; index < count; index++)
        {
            SetArgument(kernel, entry, index, arguments[index]);
        }

        (nuint x, nuint y, nuint z) = ((nuint)shape.GroupSize.X, (nuint)shape.GroupSize.Y, (nuint)shape.GroupSize.Z);
        nuint* group = stackalloc nuint[] { x, y, z };
        nuint* items = stackalloc nuint[]
            { x * (nuint)shape.Groups.X, y * (nuint)shape.Groups.Y, z * (nuint)shape.Groups.Z };
        OpenClStatus.Check(
            clEnqueueNDRangeKernel(queue, kernel, 3, null, items, group, 0, null, null),
            $"Launching {entry} of {_source.Name} as {shape} on {_device.Name}");
    }

    /// <summary>Gives the kernels and the program back.</summary>
    public void Release()
    {
        foreach ((nint kernel, _) in _kernels.Values)
        {
            _ = clReleaseKernel(kernel);
        }

        _ = clReleaseProgram(_program);
    }

    private static void SetArgument(nint kernel, string entry, int index, KernelArgument argument)
    {
        int status;
        if (argument.IsBuffer)
        {
            nint buffer = argument.Buffer?.Handle ?? 0;
            status = clSetKernelArg(kernel, (uint)index, (nuint)sizeof(nint), &buffer);
        }
        else
        {
            int bits = argument.Bits;
            status = clSetKernelArg(kernel, (uint)index, sizeof(int), &bits);
        }

        OpenClStatus.Check(status, $"Giving {entry} its argument {index}");
    }

    private static nint? FromBinary(OpenClDevice device, byte[] binary, string options)
    {
        nint id = device.Candidate.Device;
        nuint length = (nuint)binary.Length;
        int binaryStatus = 0;
        int status;
        nint program;
        fixed (byte* bytes = binary)
        {
            byte* first = bytes;
            program = clCreateProgramWithBinary(device.Context, 1, &id, &length, &first, &binaryStatus, &status);
        }

        // Whatever is wrong with it, the text is there to be built.
        if (status != 0)
        {
            return null;
        }

        if (binaryStatus == 0 && Compile(device, program, options) == 0)
        {
            return program;
        }

        _ = clReleaseProgram(program);
        return null;
    }

    private static nint FromText(OpenClDevice device, KernelSource source, string options)
    {
        byte[] text = Encoding.UTF8.GetBytes(source.Text);
        nuint length = (nuint)text.Length;
        int status;
        nint program;
        fixed (byte* bytes = text)
        {
            byte* first = bytes;
            program = clCreateProgramWithSource(device.Context, 1, &first, &length, &status);
        }

        OpenClStatus.Check(status, $"Taking {source.Name} for {device.Name}");
        status = Compile(device, program, options);
        if (status != 0)
        {
            string log = LogOf(device, program);
            _ = clReleaseProgram(program);
            throw new KernelDeviceException(
                $"{source.Name} does not compile for {device.Name} with {options}: {log}", status);
        }

        return program;
    }

    private static int Compile(OpenClDevice device, nint program, string options)
    {
        nint id = device.Candidate.Device;
        fixed (byte* text = Encoding.UTF8.GetBytes(options + "\0"))
        {
            return clBuildProgram(program, 1, &id, text, 0, 0);
        }
    }

    private static string LogOf(OpenClDevice device, nint program)
    {
        nuint size = 0;
        nint id = device.Candidate.Device;
        _ = clGetProgramBuildInfo(program, id, LogKey, 0, null, &size);
        byte[] log = new byte[size];
        fixed (byte* into = log)
        {
            _ = clGetProgramBuildInfo(program, id, LogKey, size, into, null);
        }

        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    private static byte[] BinaryOf(nint program)
    {
        nuint size;
        OpenClStatus.Check(
            clGetProgramInfo(program, BinarySizesKey, (nuint)sizeof(nuint), &size, null), "Asking a binary's size");
        byte[] binary = new byte[size];
        fixed (byte* into = binary)
        {
            byte* first = into;
            OpenClStatus.Check(
                clGetProgramInfo(program, BinariesKey, (nuint)sizeof(nint), &first, null), "Asking for a binary");
        }

        return binary;
    }

    private (nint Kernel, int Arguments) Find(string entry)
    {
        if (_kernels.TryGetValue(entry, out (nint, int) found))
        {
            return found;
        }

        int status;
        nint kernel;
        fixed (byte* name = Encoding.UTF8.GetBytes(entry + "\0"))
        {
            kernel = clCreateKernel(_program, name, &status);
        }

        if (status != 0)
        {
            throw new ArgumentException($"{_source.Name} has no kernel \"{entry}\" ({status}).", nameof(entry));
        }

        uint arguments;
        long localBytes = 0;
        OpenClStatus.Check(clGetKernelInfo(kernel, ArgumentsKey, sizeof(uint), &arguments, null), "Counting arguments");
        OpenClStatus.Check(
            clGetKernelWorkGroupInfo(kernel, _device.Candidate.Device, LocalBytesKey, 8, &localBytes, null),
            "Asking a kernel for its local memory");
        if (localBytes > OpenClDevice.LocalBytesMax)
        {
            _ = clReleaseKernel(kernel);
            throw new KernelDeviceException(
                $"{entry} of {_source.Name} takes {localBytes} bytes of local memory; {OpenClDevice.LocalBytesMax} is "
                + "what every GPU has.");
        }

        _kernels.Add(entry, (kernel, (int)arguments));
        return (kernel, (int)arguments);
    }
}
