// LargestComponent: clears all of a mask but its largest 8-connected part.
//
// Shapes   mask [h, w] bytes, 0 or 1, row-major, in place.
// Ties     of two parts of equal area the one whose first pixel comes first, row by row, is kept.
// Work     one read of the mask and one write of what is cleared; runs between (MaskRuns). Measured MEASURED_LARGEST
// Equals   cv2.connectedComponentsWithStats(connectivity=8), label of the largest area, bit for bit.
using System.Buffers;

namespace Kernels.Masks;

/// <summary>Keeps the largest connected part of a mask.</summary>
public static class LargestComponent
{
    /// <summary>Clears every pixel outside the largest 8-connected part.</summary>
    /// <param name="mask">[height, width] bytes, 0 or 1; changed in place.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <returns>Pixels kept; 0 when the mask is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">The length is not height * width.</exception>
    public static int Keep(Span<byte> mask, int width, int height)
    {
        MaskShape.Check(mask.Length, width, height, nameof(mask));
        using MaskRuns runs = MaskRuns.Of(mask, width, value: 1, diagonal: true);
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, runs.Count));
        try
        {
            Span<int> areas = rented.AsSpan(0, runs.Count);
            int largest = Weigh(runs, areas);
            for (int run = 0; run < runs.Count; run++)
            {
                if (runs.PartOf(run) != largest)
                {
                    (int first, int last, int row) = runs[run];
                    mask.Slice((row * width) + first, last - first + 1).Clear();
                }
            }

            return runs.Count == 0 ? 0 : areas[largest];
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static int Weigh(in MaskRuns runs, Span<int> areas)
    {
        areas.Clear();
        for (int run = 0; run < areas.Length; run++)
        {
            (int first, int last, _) = runs[run];
            areas[runs.PartOf(run)] += last - first + 1;
        }

        int largest = 0;
        for (int part = 1; part < areas.Length; part++)
        {
            largest = areas[part] > areas[largest] ? part : largest;
        }

        return largest;
    }
}
