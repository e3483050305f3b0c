using Kernels.Device;
using Kernels.Device.Cpu;
using Kernels.Masks;

namespace Kernels.Compositing;

/// <summary>Makes composites, and holds their bounds.</summary>
public static class Composite
{
    /// <summary>Longest side of pictures, cut-outs and pastes in px.</summary>
    public const int SideMaxPx = 16_384;

    /// <summary>Widest feathered edge in px.</summary>
    public const int FeatherMaxPx = 32;

    /// <summary>Full opacity, and a whole weight.</summary>
    public const int Whole = 256;

    /// <summary>Most pixels of all pastes of a call together.</summary>
    public const int PastePixelsMax = 1 << 28;

    /// <summary>Least alpha of a pixel that belongs to the object.</summary>
    internal const int SolidMin = 128;

    /// <summary>Bytes of a cut-out's pixel.</summary>
    internal const int PixelBytes = 4;

    /// <summary>Makes the composite for a device.</summary>
    /// <param name="device">The device; it outlives the composite.</param>
    /// <returns>The composite; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The device has no such kernel.</exception>
    /// <exception cref="KernelDeviceException">The device cannot build it.</exception>
    public static IComposite On(IKernelDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device switch
        {
            CpuDevice cpu => new CpuComposite(cpu),
            ISourceDevice source => new SourceComposite(source),
            IKernelFactory factory when factory.Create<IComposite>(device) is { } own => own,
            _ => throw new NotSupportedException($"{device.Name} has no composite."),
        };
    }

    /// <summary>Checks the arguments of <see cref="IComposite.Run"/>.</summary>
    internal static void Check(
        int picture, int width, int height, int cutouts, ReadOnlySpan<Paste> pastes, int objects, int bits, int records)
    {
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));
        CheckLength(picture, 3L * width * height, nameof(picture));
        long plane = (long)height * MaskBits.Words(width);
        if (objects % plane != 0)
        {
            throw new ArgumentException($"objects has {objects} words; a mask has {plane}.");
        }

        long count = (objects / plane) + pastes.Length;
        CheckLength(records, count, nameof(records));
        CheckLength(bits, count * plane, nameof(bits));
        long pixels = 0;
        foreach (Paste paste in pastes)
        {
            CheckPaste(paste, cutouts / PixelBytes);
            pixels += (long)paste.TargetWidth * paste.TargetHeight;
        }

        if (pixels > PastePixelsMax)
        {
            throw new ArgumentException($"The pastes have {pixels} px; {PastePixelsMax} is the most.");
        }
    }

    private static void CheckPaste(in Paste paste, int pixels)
    {
        CheckSide(paste.Width, nameof(paste.Width));
        CheckSide(paste.Height, nameof(paste.Height));
        CheckSide(paste.TargetWidth, nameof(paste.TargetWidth));
        CheckSide(paste.TargetHeight, nameof(paste.TargetHeight));
        bool fits = paste.Offset >= 0 && paste.Offset <= pixels - ((long)paste.Width * paste.Height)
            && paste.Opacity is >= 0 and <= Whole && paste.FeatherPx is >= 0 and <= FeatherMaxPx
            && Math.Abs((long)paste.Left) <= 2 * SideMaxPx && Math.Abs((long)paste.Top) <= 2 * SideMaxPx;
        if (!fits)
        {
            throw new ArgumentException(
                $"{paste} does not fit: {pixels} px of cut-outs, opacity 0 to {Whole}, feather 0 to {FeatherMaxPx} px, "
                + $"left and top at most {2 * SideMaxPx} px away.");
        }
    }

    private static void CheckSide(int side, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1, what);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, SideMaxPx, what);
    }

    private static void CheckLength(int length, long needed, string what)
    {
        if (length != needed)
        {
            throw new ArgumentException($"{what} has {length} values; it needs {needed}.");
        }
    }
}
