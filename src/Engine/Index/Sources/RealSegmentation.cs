using Engine.Items;
using Kernels.Masks;

namespace Engine.Index.Sources;

/// <summary>An object's outline: polygons, or COCO's runs. One of the two is empty.</summary>
public sealed class RealSegmentation
{
    private RealSegmentation(IReadOnlyList<double[]> polygons, IReadOnlyList<int> runs) =>
        (Polygons, Runs) = (polygons, runs);

    /// <summary>Polygons, each x, y, x, y, ... in px; the object is all of them together.</summary>
    public IReadOnlyList<double[]> Polygons { get; }

    /// <summary>Run lengths in px, zeros first, down the columns of the picture.</summary>
    public IReadOnlyList<int> Runs { get; }

    /// <summary>Wraps polygons.</summary>
    /// <param name="polygons">At least one, each an even number of coordinates, at least 6.</param>
    public static RealSegmentation OfPolygons(IReadOnlyList<double[]> polygons)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        ArgumentOutOfRangeException.ThrowIfZero(polygons.Count);
        return new(polygons, []);
    }

    /// <summary>Wraps runs.</summary>
    /// <param name="runs">Run lengths that sum to the picture's pixels.</param>
    public static RealSegmentation OfRuns(IReadOnlyList<int> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return new([], runs);
    }

    /// <summary>Draws the mask as COCO's own tools do.</summary>
    /// <param name="width">The picture's columns.</param>
    /// <param name="height">The picture's rows.</param>
    /// <returns>[height, width], 1 on the object.</returns>
    /// <exception cref="ArgumentException">The runs or a polygon do not fit the picture.</exception>
    public BinaryMask ToMask(int width, int height)
    {
        byte[] mask = new byte[width * height];
        if (Polygons.Count == 0)
        {
            CocoRle.Decode(Runs as int[] ?? [.. Runs], width, height, mask);
            return new BinaryMask(width, height, mask);
        }

        byte[] part = Polygons.Count > 1 ? new byte[mask.Length] : mask;
        foreach (double[] polygon in Polygons)
        {
            CocoRle.Decode(CocoPolygon.Encode(polygon, width, height), width, height, part);
            for (int i = 0; part != mask && i < mask.Length; i++)
            {
                mask[i] |= part[i];
            }
        }

        return new BinaryMask(width, height, mask);
    }
}
