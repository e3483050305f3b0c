namespace Kernels.Compositing;

/// <summary>What is worked out once for a call's pastes, on the host, and used by every rung: taps, fades, places.
/// </summary>
/// <remarks>
/// A tap is an int: the pixel before the target's centre times 256, and the 256ths that the next pixel weighs.
/// Mirroring is in the taps. A fade is the 256ths of opacity left at a squared distance from the outside.
/// </remarks>
internal sealed class PastePlan
{
    /// <summary>Ints of a row of <see cref="Table"/>.</summary>
    public const int RowInts = 12;

    private int[] _table = [];
    private int[] _values = [];
    private int _pastes;
    private int _valueCount;

    /// <summary>A row a paste: offset, width, height, left, top, target width, target height, opacity, feather, first
    /// column tap, first fade, first pixel of its plane. Row taps follow the column taps.</summary>
    public ReadOnlySpan<int> Table => _table.AsSpan(0, _pastes * RowInts);

    /// <summary>Taps and fades.</summary>
    public ReadOnlySpan<int> Values => _values.AsSpan(0, _valueCount);

    /// <summary>Pixels of all pastes on the picture's scale.</summary>
    public int Pixels { get; private set; }

    /// <summary>Pixels of the largest paste.</summary>
    public int PixelsMax { get; private set; }

    /// <summary>Plans.</summary>
    public void Prepare(ReadOnlySpan<Paste> pastes)
    {
        (_pastes, _valueCount, Pixels, PixelsMax) = (pastes.Length, 0, 0, 0);
        Grow(ref _table, pastes.Length * RowInts);
        for (int i = 0; i < pastes.Length; i++)
        {
            Paste paste = pastes[i];
            (int taps, int fades) = (_valueCount, _valueCount + paste.TargetWidth + paste.TargetHeight);
            AddTaps(paste.Width, paste.TargetWidth, paste.Mirrored);
            AddTaps(paste.Height, paste.TargetHeight, mirrored: false);
            AddFades(paste.FeatherPx);
            ReadOnlySpan<int> row =
            [
                paste.Offset, paste.Width, paste.Height, paste.Left, paste.Top, paste.TargetWidth, paste.TargetHeight,
                paste.Opacity, paste.FeatherPx, taps, fades, Pixels,
            ];
            row.CopyTo(_table.AsSpan(i * RowInts));
            int pixels = paste.TargetWidth * paste.TargetHeight;
            Pixels += pixels;
            PixelsMax = Math.Max(PixelsMax, pixels);
        }
    }

    /// <summary>The tap of a target pixel.</summary>
    public static int Tap(int at, int length, int targetLength, bool mirrored)
    {
        int target = mirrored ? targetLength - 1 - at : at;
        long position = ((((2L * target) + 1) * length) - targetLength) * 32_768 / targetLength; // 65536ths of a pixel
        return (int)(Math.Clamp(position, 0, (length - 1) * 65_536L) >> 8);
    }

    /// <summary>256ths left of the opacity at a squared distance, feather included, from the outside.</summary>
    public static int Fade(int squared, int feather) =>
        (int)Math.Min(Composite.Whole, (Composite.Whole * Math.Sqrt(squared) / (feather + 1)) + 0.5);

    private void AddTaps(int length, int targetLength, bool mirrored)
    {
        Grow(ref _values, _valueCount + targetLength);
        for (int i = 0; i < targetLength; i++)
        {
            _values[_valueCount++] = Tap(i, length, targetLength, mirrored);
        }
    }

    private void AddFades(int feather)
    {
        int farthest = (feather + 1) * (feather + 1);
        Grow(ref _values, _valueCount + farthest + 1);
        for (int squared = 0; squared <= farthest; squared++)
        {
            _values[_valueCount++] = Fade(squared, feather);
        }
    }

    private static void Grow(ref int[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
