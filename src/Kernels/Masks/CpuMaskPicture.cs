namespace Kernels.Masks;

/// <summary>One picture of a Cpu mask chain, and the buffers of the thread that works on it.</summary>
internal sealed partial class CpuMaskPicture
{
    private readonly MaskParts _parts = new();
    private readonly MaskParts _gaps = new();

    /// <summary>Runs the steps of <see cref="IMaskChain"/>: (1) to (3) <see cref="Cut"/>, (4) <see cref="Spread"/>,
    /// (5) to (7) <see cref="Measure"/>.</summary>
    public MaskRecord Run(
        ReadOnlySpan<float> logits, MaskTaps columns, MaskTaps rows, (int Width, int Height) source,
        MaskChainOptions options, Span<uint> bits, (int Width, int Height) target)
    {
        if (!AllFinite(logits))
        {
            bits.Clear();
            return new MaskRecord { Faults = MaskFaults.NotFinite };
        }

        Cut(logits, columns, rows, source, options, bits, target);
        if (options.ErodePx != 0)
        {
            Spread(bits, target.Width, target.Height, Math.Abs(options.ErodePx), erode: options.ErodePx > 0);
        }

        return Measure(bits, target.Width, target.Height, options);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
