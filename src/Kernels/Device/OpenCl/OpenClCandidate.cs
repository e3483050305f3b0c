using System.Runtime.InteropServices;
using System.Text;
using static Kernels.Device.OpenCl.OpenClNative;

namespace Kernels.Device.OpenCl;

/// <summary>A device that the OpenCL loader knows, not opened yet.</summary>
/// <param name="Platform">The loader's handle of its platform.</param>
/// <param name="Device">The loader's handle.</param>
/// <param name="IsGpu">Whether it says that it is a GPU; else it is a processor or something rarer.</param>
public sealed unsafe record OpenClCandidate(nint Platform, nint Device, bool IsGpu)
{
    /// <summary>Held while drivers are loaded, opened and build: two tests that began at once were once seen to end the
    /// process within PoCL's first second.</summary>
    internal static readonly Lock Loading = new();

    private const ulong AllTypes = 0xFFFFFFFF;
    private const ulong GpuType = 4;
    private const uint TypeKey = 0x1000;
    private const uint NameKey = 0x102B;
    private const uint DriverKey = 0x102D;
    private const uint VersionKey = 0x102F;

    /// <summary>The device's own name, its driver's version and OpenCL's.</summary>
    public string Name => $"{Text(NameKey)}, driver {Text(DriverKey)}, {Text(VersionKey)}";

    /// <summary>Lists all devices of all platforms, in the loader's order.</summary>
    /// <param name="problem">Why there are none; null when there is one.</param>
    /// <exception cref="KernelDeviceException">The loader fails otherwise than by having none.</exception>
    public static IReadOnlyList<OpenClCandidate> All(out string? problem)
    {
        problem = null;
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            problem = $"there is no {Library} (on Debian: ocl-icd-libopencl1 and a driver)";
            return [];
        }

        List<OpenClCandidate> found = [];
        lock (Loading)
        {
            foreach (nint platform in Platforms())
            {
                found.AddRange(DevicesOf(platform));
            }
        }

        problem = found.Count == 0 ? $"{Library} knows no device: no driver is registered with it" : null;
        return found;
    }

    /// <summary>A text of the device.</summary>
    /// <param name="key">OpenCL's number of it.</param>
    internal string Text(uint key)
    {
        nuint size;
        OpenClStatus.Check(clGetDeviceInfo(Device, key, 0, null, &size), "Asking a device for a text");
        byte[] text = new byte[size];
        fixed (byte* into = text)
        {
            OpenClStatus.Check(clGetDeviceInfo(Device, key, size, into, null), "Asking a device for a text");
        }

        return Encoding.UTF8.GetString(text).TrimEnd('\0').Trim();
    }

    /// <summary>A number of the device, of 32 or 64 bits.</summary>
    /// <param name="key">OpenCL's number of it.</param>
    internal long Number(uint key) => NumberOf(Device, key);

    private static long NumberOf(nint device, uint key)
    {
        long value = 0; // x64 and Arm64 are little-endian: 32 bits land in the lower half.
        OpenClStatus.Check(clGetDeviceInfo(device, key, 8, &value, null), "Asking a device for a number");
        return value;
    }

    private static nint[] Platforms()
    {
        uint count = 0;
        int status = clGetPlatformIDs(0, null, &count);
        if (status == OpenClStatus.NoPlatform || count == 0)
        {
            return [];
        }

        OpenClStatus.Check(status, "Counting the platforms");
        nint[] platforms = new nint[count];
        fixed (nint* into = platforms)
        {
            OpenClStatus.Check(clGetPlatformIDs(count, into, null), "Listing the platforms");
        }

        return platforms;
    }

    private static IEnumerable<OpenClCandidate> DevicesOf(nint platform)
    {
        uint count = 0;
        int status = clGetDeviceIDs(platform, AllTypes, 0, null, &count);
        if (status == OpenClStatus.NoDevice || count == 0)
        {
            return [];
        }

        OpenClStatus.Check(status, "Counting a platform's devices");
        nint[] devices = new nint[count];
        fixed (nint* into = devices)
        {
            OpenClStatus.Check(clGetDeviceIDs(platform, AllTypes, count, into, null), "Listing a platform's devices");
        }

        return
        [
            .. devices.Select(
                id => new OpenClCandidate(platform, id, (NumberOf(id, TypeKey) & (long)GpuType) != 0)),
        ];
    }
}
