// Morphology: erosion and dilation of a mask by a disc of r px, in place.
//
// Shapes   mask [h, w] bytes, 0 or 1, row-major.
// Element  the Euclidean disc dx^2 + dy^2 <= r^2. The square of side 2r + 1 was tried first: it takes 1.4 times as
//          much off a slanted edge as off a level one, and the best mean IoU was 0.967 against 0.975 (99 pictures).
// Border   beyond the picture nothing erodes and nothing grows (cv2's default border value): an object that is cut by
//          the picture's edge keeps its pixels at that edge.
// Method   (1) the distance, down or up its own column, from each pixel to the next one that spreads, in one byte;
//          (2) a pixel is reached when for some dx in -r to r that distance at x + dx is at most sqrt(r^2 - dx^2).
// Traffic  h*w B of distances are written, read and updated, then read 2r + 1 times out of L1.
// Work     h*w*(2r + 1) byte comparisons, Vector<byte>.Count at a time.
// Measured 512x512: r = 2 in 0.49 ms, r = 8 in 1.1 ms; 1024x1024: r = 4 in 1.8 ms, r = 16 in 4.3 ms; 0 B allocated.
//          Two cores of an AMD EPYC VM that other work shared, .NET 10; bench/Kernels.Bench/MaskBench.cs, --job short.
// Equals   cv2.erode and cv2.dilate with the same element, bit for bit.
using System.Buffers;
using System.Numerics;

namespace Kernels.Masks;

/// <summary>Thins and fattens masks.</summary>
public static class Morphology
{
    /// <summary>Largest radius in px: distances are kept in a byte.</summary>
    public const int RadiusMaxPx = 254;

    /// <summary>Clears every pixel that has a 0 within <paramref name="radiusPx"/>, as the crow flies.</summary>
    /// <param name="mask">[height, width] bytes, 0 or 1; changed in place.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="radiusPx">r in px, 0 to <see cref="RadiusMaxPx"/>; 0 changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1 or the radius out of range.</exception>
    /// <exception cref="ArgumentException">The length is not height * width.</exception>
    public static void Erode(Span<byte> mask, int width, int height, int radiusPx) =>
        Spread(mask, width, height, radiusPx, spread: 0);

    /// <summary>Sets every pixel that has a 1 within <paramref name="radiusPx"/>, as the crow flies.</summary>
    /// <inheritdoc cref="Erode"/>
    public static void Dilate(Span<byte> mask, int width, int height, int radiusPx) =>
        Spread(mask, width, height, radiusPx, spread: 1);

    private static void Spread(Span<byte> mask, int width, int height, int radiusPx, byte spread)
    {
        MaskShape.Check(mask.Length, width, height, nameof(mask));
        ArgumentOutOfRangeException.ThrowIfNegative(radiusPx);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radiusPx, RadiusMaxPx);
        if (radiusPx == 0)
        {
            return;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(mask.Length);
        try
        {
            Span<byte> distances = rented.AsSpan(0, mask.Length);
            MeasureColumns(mask, width, height, spread, distances);
            for (int y = 0; y < height; y++)
            {
                Reach(distances.Slice(y * width, width), radiusPx, spread, mask.Slice(y * width, width));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void MeasureColumns(
        ReadOnlySpan<byte> mask, int width, int height, byte spread, Span<byte> distances)
    {
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = mask[i] == spread ? (byte)0 : byte.MaxValue;
        }

        for (int y = 1; y < height; y++)
        {
            Step(distances.Slice((y - 1) * width, width), distances.Slice(y * width, width));
        }

        for (int y = height - 2; y >= 0; y--)
        {
            Step(distances.Slice((y + 1) * width, width), distances.Slice(y * width, width));
        }
    }

    // The distance is at most one more than the neighbour's; 255 stands for beyond every radius.
    private static void Step(ReadOnlySpan<byte> neighbour, Span<byte> row)
    {
        Vector<byte> most = new(RadiusMaxPx);
        int x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector<byte> further = Vector.Min(new Vector<byte>(neighbour[x..]), most) + Vector<byte>.One;
            Vector.Min(new Vector<byte>(row[x..]), further).CopyTo(row[x..]);
        }

        for (; x < row.Length; x++)
        {
            row[x] = Math.Min(row[x], (byte)(Math.Min(neighbour[x], (byte)RadiusMaxPx) + 1));
        }
    }

    private static void Reach(ReadOnlySpan<byte> distances, int radius, byte spread, Span<byte> row)
    {
        row.Fill((byte)(1 - spread));
        int across = Math.Min(radius, row.Length - 1);
        for (int dx = -across; dx <= across; dx++)
        {
            byte height = (byte)Math.Sqrt((radius * radius) - (dx * dx));
            int first = Math.Max(0, -dx);
            int count = row.Length - Math.Abs(dx);
            SetWithin(distances.Slice(first + dx, count), height, spread, row.Slice(first, count));
        }
    }

    private static void SetWithin(ReadOnlySpan<byte> distances, byte most, byte value, Span<byte> row)
    {
        (Vector<byte> mosts, Vector<byte> values) = (new(most), new(value));
        int x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector<byte> within = Vector.LessThanOrEqual(new Vector<byte>(distances[x..]), mosts);
            Vector.ConditionalSelect(within, values, new Vector<byte>(row[x..])).CopyTo(row[x..]);
        }

        for (; x < row.Length; x++)
        {
            row[x] = distances[x] <= most ? value : row[x];
        }
    }
}
