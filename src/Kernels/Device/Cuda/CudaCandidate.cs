using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>A GPU that the CUDA driver knows, not opened yet.</summary>
/// <param name="Ordinal">Its number, as in CUDA_VISIBLE_DEVICES' order.</param>
/// <param name="Device">The driver's handle.</param>
/// <param name="Name">Its name with its compute capability and what the driver supports.</param>
/// <param name="Capability">Compute capability: 80 for 8.0.</param>
/// <param name="Units">Multiprocessors.</param>
/// <param name="MemoryBytes">Its memory.</param>
public sealed unsafe record CudaCandidate(
    int Ordinal, int Device, string Name, int Capability, int Units, long MemoryBytes)
{
    private const int UnitsKey = 16;
    private const int MajorKey = 75;
    private const int MinorKey = 76;
    private const int NoDevice = 100;
    private const int NameRoom = 256;

    /// <summary>Lists all GPUs.</summary>
    /// <param name="problem">Why there are none; null when there is one.</param>
    /// <exception cref="KernelDeviceException">The driver fails otherwise than by having none.</exception>
    public static IReadOnlyList<CudaCandidate> All(out string? problem)
    {
        problem = null;
        if (!NativeLibrary.TryLoad(Library, out nint library))
        {
            problem = $"there is no {Library}: it comes with NVIDIA's driver";
            return [];
        }

        if (!NativeLibrary.TryGetExport(library, nameof(cuDevicePrimaryCtxRelease_v2), out _))
        {
            problem = $"{Library} is older than CUDA 11: it has no {nameof(cuDevicePrimaryCtxRelease_v2)}";
            return [];
        }

        int status = cuInit(0);
        int count = 0;
        if (status == 0)
        {
            status = cuDeviceGetCount(&count);
        }

        if (count == 0)
        {
            // A driver without its kernel module, or a container without a GPU, says so here: no reason to stop.
            problem = status is 0 or NoDevice
                ? $"{Library} knows no GPU" : $"{Library} cannot start: it answered {status}";
            return [];
        }

        return [.. Enumerable.Range(0, count).Select(Find)];
    }

    private static CudaCandidate Find(int ordinal)
    {
        int device;
        int version;
        nuint bytes;
        CudaStatus.Check(cuDeviceGet(&device, ordinal), $"Asking for GPU {ordinal}");
        CudaStatus.Check(cuDeviceTotalMem_v2(&bytes, device), "Asking a GPU for its memory");
        CudaStatus.Check(cuDriverGetVersion(&version), "Asking the driver for its version");
        byte* name = stackalloc byte[NameRoom];
        CudaStatus.Check(cuDeviceGetName(name, NameRoom, device), "Asking a GPU for its name");
        (int major, int minor) = (Number(device, MajorKey), Number(device, MinorKey));
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Text(name)}, sm_{major}{minor}, driver for CUDA {version / 1000}.{version % 1000 / 10}");
        return new CudaCandidate(
            ordinal, device, text, (10 * major) + minor, Number(device, UnitsKey), (long)bytes);
    }

    private static string Text(byte* name) =>
        Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));

    private static int Number(int device, int key)
    {
        int value;
        CudaStatus.Check(cuDeviceGetAttribute(&value, key, device), "Asking a GPU for a number");
        return value;
    }
}
