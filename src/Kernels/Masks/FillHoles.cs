// FillHoles: sets every background pixel that cannot reach the picture's border.
//
// Shapes   mask [h, w] bytes, 0 or 1, row-major, in place.
// Method   the background's 4-connected parts (the counterpart of an 8-connected object); a part that holds no pixel of
//          the border is a hole. Runs, not pixels, are joined (MaskRuns).
// Work     one read of the mask and one write of the holes. Measured MEASURED_HOLES
// Equals   the complement of cv2.floodFill (4-connected) of the background from every border pixel, bit for bit.
using System.Buffers;

namespace Kernels.Masks;

/// <summary>Fills the holes of a mask.</summary>
public static class FillHoles
{
    /// <summary>Sets every 0 that is not 4-connected to a 0 on the border.</summary>
    /// <param name="mask">[height, width] bytes, 0 or 1; changed in place.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <returns>Pixels filled.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">The length is not height * width.</exception>
    public static int Run(Span<byte> mask, int width, int height)
    {
        MaskShape.Check(mask.Length, width, height, nameof(mask));
        using MaskRuns runs = MaskRuns.Of(mask, width, value: 0, diagonal: false);
        bool[] rented = ArrayPool<bool>.Shared.Rent(Math.Max(1, runs.Count));
        try
        {
            Span<bool> open = rented.AsSpan(0, runs.Count);
            MarkOpen(runs, width, height, open);
            int filled = 0;
            for (int run = 0; run < runs.Count; run++)
            {
                if (!open[runs.PartOf(run)])
                {
                    (int first, int last, int row) = runs[run];
                    mask.Slice((row * width) + first, last - first + 1).Fill(1);
                    filled += last - first + 1;
                }
            }

            return filled;
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(rented);
        }
    }

    private static void MarkOpen(in MaskRuns runs, int width, int height, Span<bool> open)
    {
        open.Clear();
        for (int run = 0; run < open.Length; run++)
        {
            (int first, int last, int row) = runs[run];
            if (first == 0 || last == width - 1 || row == 0 || row == height - 1)
            {
                open[runs.PartOf(run)] = true;
            }
        }
    }
}
