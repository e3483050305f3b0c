using Kernels.Device;
using Kernels.Device.Cpu;

namespace Kernels.Masks;

/// <summary>Makes mask chains, and holds their bounds.</summary>
public static class MaskChain
{
    /// <summary>Longest side of logits and masks in px.</summary>
    public const int SideMaxPx = 16_384;

    /// <summary>Makes the chain for a device.</summary>
    /// <param name="device">The device; it outlives the chain.</param>
    /// <returns>The chain; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The device has no such kernel.</exception>
    /// <exception cref="KernelDeviceException">The device cannot build it.</exception>
    public static IMaskChain On(IKernelDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device switch
        {
            CpuDevice cpu => new CpuMaskChain(cpu),
            ISourceDevice source => new SourceMaskChain(source),
            IKernelFactory factory when factory.Create<IMaskChain>(device) is { } own => own,
            _ => throw new NotSupportedException($"{device.Name} has no mask chain."),
        };
    }

    /// <summary>Checks the arguments of <see cref="IMaskChain.Run"/>.</summary>
    internal static void Check(
        long logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight, long bits,
        int records)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        CheckSide(targetWidth, nameof(targetWidth));
        CheckSide(targetHeight, nameof(targetHeight));
        CheckLength(logits, "logits", records, height, width);
        int words = MaskBits.Words(targetWidth);
        CheckLength(bits, "bits", records, targetHeight, words);
        if (float.IsNaN(options.Threshold) || Math.Abs((long)options.ErodePx) > Morphology.RadiusMaxPx)
        {
            throw new ArgumentException(string.Join(" ", options.Problems()), nameof(options));
        }
    }

    private static void CheckSide(int side, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, what);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, SideMaxPx, what);
    }

    private static void CheckLength(long length, string what, int pictures, int height, int width)
    {
        long needed = (long)pictures * height * width;
        if (length != needed)
        {
            throw new ArgumentException(
                $"{what} has {length} values; [{pictures}, {height}, {width}] needs {needed}.");
        }
    }
}
