namespace Kernels.Masks;

// MaskContours: the outlines of a mask's parts and holes, along the edges between pixels.
//
// Shapes   mask [h, w] u8 row-major, 0 or not 0; each outline [k, 2] i32, x then y of pixel corners, 0 to w and 0 to h.
// Method   each side of a pixel whose neighbour across it is not set is an edge, walked with the object on the right.
//          From an edge's end the walk turns left where it can, else goes on, else turns right, so that pixels which
//          touch at a corner are of one part (8-connected), as in OpenCV's findContours. Only corners are kept.
// Work     one look at each pixel and its four neighbours, then one step an edge.
// Traffic  (w + 1) * (h + 1) B for the edges that are still to be walked.
// Error    none: integers. The signed areas of all outlines sum to the pixels set.

/// <summary>Outlines of a binary mask.</summary>
public static class MaskContours
{
    // Right, down, left, up; bit 1 << direction says that an edge leaves the corner that way.
    private static readonly (int X, int Y)[] Steps = [(1, 0), (0, 1), (-1, 0), (0, -1)];

    /// <summary>Walks all outlines.</summary>
    /// <param name="mask">[height, width] bytes, row-major; 0 is background, all else is object.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <returns>Outlines as x, y, x, y, ... of pixel corners, at least 4 points, closed from last to first, by their
    /// topmost, then leftmost corner. Parts are clockwise as seen on a screen, holes the other way.</returns>
    /// <exception cref="ArgumentException">A side is below 1 or the mask's length is not height * width.</exception>
    public static IReadOnlyList<int[]> Trace(ReadOnlySpan<byte> mask, int width, int height)
    {
        if (width < 1 || height < 1 || mask.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"The mask has {mask.Length} pixels; {width} x {height} px need {(long)width * height}, sides from 1.");
        }

        byte[] edges = Edges(mask, width, height);
        List<int[]> outlines = [];
        for (int at = 0; at < edges.Length; at++)
        {
            while (edges[at] != 0)
            {
                outlines.Add(Walk(edges, at, width + 1));
            }
        }

        return outlines;
    }

    /// <summary>Twice the area inside an outline, in px; below 0 for a hole.</summary>
    /// <param name="outline">What <see cref="Trace"/> gave.</param>
    public static long TwiceArea(ReadOnlySpan<int> outline)
    {
        long sum = 0;
        for (int i = 0; i < outline.Length; i += 2)
        {
            int next = (i + 2) % outline.Length;
            sum += ((long)outline[i] * outline[next + 1]) - ((long)outline[next] * outline[i + 1]);
        }

        return sum;
    }

    private static byte[] Edges(ReadOnlySpan<byte> mask, int width, int height)
    {
        byte[] edges = new byte[(width + 1) * (height + 1)];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (mask[(y * width) + x] == 0)
                {
                    continue;
                }

                int corner = (y * (width + 1)) + x;
                edges[corner] |= (byte)(y == 0 || mask[((y - 1) * width) + x] == 0 ? 1 : 0);
                edges[corner + 1] |= (byte)(x == width - 1 || mask[(y * width) + x + 1] == 0 ? 2 : 0);
                edges[corner + width + 2] |= (byte)(y == height - 1 || mask[((y + 1) * width) + x] == 0 ? 4 : 0);
                edges[corner + width + 1] |= (byte)(x == 0 || mask[(y * width) + x - 1] == 0 ? 8 : 0);
            }
        }

        return edges;
    }

    private static int[] Walk(byte[] edges, int start, int pitch)
    {
        List<int> points = [];
        int direction = int.TrailingZeroCount(edges[start]);
        (int first, int at, int before) = (direction, start, -1);
        do
        {
            edges[at] &= (byte)~(1 << direction);
            if (direction != before)
            {
                points.Add(at % pitch);
                points.Add(at / pitch);
            }

            at += Steps[direction].X + (Steps[direction].Y * pitch);
            before = direction;
            direction = Turn(edges[at], before);
        }
        while (direction >= 0);
        return before == first ? [.. points[2..]] : [.. points]; // the start lies within a side
    }

    // Left, on, right; below 0 when all edges from here are walked, which is so at the start only.
    private static int Turn(byte edges, int direction)
    {
        foreach (int turn in (ReadOnlySpan<int>)[3, 0, 1])
        {
            int next = (direction + turn) & 3;
            if ((edges & (1 << next)) != 0)
            {
                return next;
            }
        }

        return -1;
    }
}
