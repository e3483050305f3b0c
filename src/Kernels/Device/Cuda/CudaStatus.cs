using System.Runtime.InteropServices;
using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>Turns the driver's codes into exceptions.</summary>
internal static unsafe class CudaStatus
{
    /// <summary>An event that the device has not come to yet: no error.</summary>
    public const int NotReady = 600;

    private const int OutOfMemory = 2;

    // After these every call of the process on this device gives the same code: bad memory (214), a kernel that read or
    // wrote where it must not (700, 716, 717), ran too long (702), the context destroyed (4, 709), an assertion (710),
    // hardware errors (714, 715, 718), a kernel that failed (719), and what the driver does not know itself (999).
    private static readonly int[] LostCodes = [4, 214, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999];

    /// <summary>Throws unless a call succeeded.</summary>
    /// <param name="status">What it gave.</param>
    /// <param name="what">What was asked, for the message.</param>
    /// <param name="detail">What else there is to say, such as a compiler's words.</param>
    /// <exception cref="KernelDeviceException">It failed.</exception>
    public static void Check(int status, string what, string detail = "")
    {
        if (status != 0)
        {
            throw new KernelDeviceException(
                $"{what}: CUDA answered {status} ({Name(status)}). {detail}".TrimEnd(), status,
                deviceLost: IsLost(status), outOfMemory: status == OutOfMemory);
        }
    }

    /// <summary>Whether a code means that the device is lost.</summary>
    /// <param name="status">The code.</param>
    public static bool IsLost(int status) => LostCodes.Contains(status);

    private static string Name(int status)
    {
        byte* name = null;
        return cuGetErrorName(status, &name) == 0 ? Marshal.PtrToStringUTF8((nint)name) ?? "unnamed" : "unnamed";
    }
}
