namespace Kernels.Device.OpenCl;

/// <summary>Turns OpenCL's codes into exceptions.</summary>
internal static class OpenClStatus
{
    /// <summary>The loader knows no platform.</summary>
    public const int NoPlatform = -1001;

    /// <summary>A platform has no device of the type asked for.</summary>
    public const int NoDevice = -1;

    /// <summary>A program does not compile.</summary>
    public const int BuildFailed = -11;

    /// <summary>Less memory might do. -5 stands here too: drivers give it for a launch that wants too much.</summary>
    private static readonly int[] MemoryCodes = [-4, -5, -6, -61];

    /// <summary>The device is gone; the last is NVIDIA's for a kernel that read or wrote where it must not, after
    /// which the queue answers -36 for ever.</summary>
    private static readonly int[] LostCodes = [-2, -36, -9999];

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="status">What it gave.</param>
    /// <param name="what">What was asked, for the message.</param>
    /// <exception cref="KernelDeviceException">It failed.</exception>
    public static void Check(int status, string what)
    {
        if (status != 0)
        {
            throw new KernelDeviceException(
                $"{what}: OpenCL answered {status} ({Name(status)}).", status,
                deviceLost: LostCodes.Contains(status), outOfMemory: MemoryCodes.Contains(status));
        }
    }

    private static string Name(int status) => status switch
    {
        -1 => "device not found",
        -2 => "device not available",
        -3 => "compiler not available",
        -4 => "memory object allocation failure",
        -5 => "out of resources",
        -6 => "out of host memory",
        -7 => "profiling info not available",
        -11 => "build program failure",
        -14 => "an event before it failed",
        -30 => "invalid value",
        -34 => "invalid context",
        -36 => "invalid command queue",
        -38 => "invalid memory object",
        -42 => "invalid binary",
        -43 => "invalid build options",
        -46 => "invalid kernel name",
        -49 => "invalid argument index",
        -51 => "invalid argument size",
        -52 => "invalid kernel arguments",
        -54 => "invalid work-group size",
        -55 => "invalid work-item size",
        -61 => "invalid buffer size",
        -1001 => "no platform is installed",
        -9999 => "a kernel read or wrote outside its memory",
        _ => "see CL/cl.h",
    };
}
