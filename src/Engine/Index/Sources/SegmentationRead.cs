using System.Text.Json;
using Kernels.Masks;

namespace Engine.Index.Sources;

/// <summary>A segmentation as it was read, or what is wrong with it.</summary>
/// <param name="Value">The outline; null when there is none or it is wrong.</param>
/// <param name="Fault">The reason.</param>
/// <param name="What">The reason in words; null when nothing is wrong.</param>
internal readonly record struct SegmentationRead(RealSegmentation? Value, SourceFault Fault, string? What)
{
    /// <summary>Reads the value on which the reader stands, and leaves it on the value's last token.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="image">The picture: runs must fill it, polygons must meet it.</param>
    public static SegmentationRead From(ref Utf8JsonReader reader, RealImage image)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return default;
            case JsonTokenType.StartArray:
                return OfPolygons(ref reader, image);
            case JsonTokenType.StartObject:
                return OfRuns(ref reader, image);
            default:
                return Wrong(SourceFault.WrongField, "neither polygons nor runs");
        }
    }

    private static SegmentationRead OfPolygons(ref Utf8JsonReader reader, RealImage image)
    {
        List<double[]> polygons = [];
        SegmentationRead wrong = default;
        double area = 0;
        bool isInside = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            double[]? polygon = JsonFields.Doubles(ref reader);
            if (polygon is null)
            {
                wrong = Wrong(SourceFault.WrongField, "a polygon is not an array of finite numbers");
            }
            else if (polygon.Length < 6 || polygon.Length % 2 != 0)
            {
                wrong = Wrong(SourceFault.PolygonShape, $"a polygon has {polygon.Length} coordinates");
            }
            else
            {
                polygons.Add(polygon);
                area += Area(polygon);
                isInside |= Meets(polygon, image);
                wrong = polygon.Any(value => Math.Abs(value) > CocoPolygon.CoordinateMaxPx)
                    ? Wrong(SourceFault.PolygonOutside, $"a coordinate is over {CocoPolygon.CoordinateMaxPx} px")
                    : wrong;
            }
        }

        if (wrong.What is not null || polygons.Count == 0)
        {
            return wrong; // no polygon at all is no segmentation, as data sets of boxes have it
        }

        return area == 0 ? Wrong(SourceFault.PolygonEmpty, "the polygons enclose nothing")
            : !isInside ? Wrong(SourceFault.PolygonOutside, "the polygons lie outside the picture")
            : new(RealSegmentation.OfPolygons(polygons), default, null);
    }

    private static SegmentationRead OfRuns(ref Utf8JsonReader reader, RealImage image)
    {
        List<long>? size = null;
        List<long>? counts = null;
        string? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = JsonFields.Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "size": size = JsonFields.Int64s(ref reader); break;
                case "counts" when reader.TokenType == JsonTokenType.String: text = JsonFields.Text(ref reader); break;
                case "counts": counts = JsonFields.Int64s(ref reader); break;
                default: break;
            }

            reader.Skip();
        }

        if (size is not { Count: 2 } || (counts is null && text is null))
        {
            return Wrong(SourceFault.WrongField, "runs need \"size\" of two numbers and \"counts\"");
        }

        if (size[0] != image.Height || size[1] != image.Width)
        {
            return Wrong(
                SourceFault.RunsLength,
                $"runs of {size[1]} x {size[0]} px for a picture of {image.Width} x {image.Height} px");
        }

        return text is null ? Checked(counts!, image) : FromText(text, image);
    }

    private static SegmentationRead FromText(string text, RealImage image)
    {
        try
        {
            return Checked([.. CocoRle.FromText(text)], image);
        }
        catch (FormatException cause)
        {
            return Wrong(SourceFault.RunsText, cause.Message);
        }
    }

    private static SegmentationRead Checked(List<long> counts, RealImage image)
    {
        (long pixels, long sum, long area) = ((long)image.Width * image.Height, 0, 0);
        for (int i = 0; i < counts.Count; i++)
        {
            if (counts[i] < 0 || counts[i] > pixels - sum)
            {
                return Wrong(SourceFault.RunsLength, $"run {i} is {counts[i]} px after {sum} of {pixels} px");
            }

            sum += counts[i];
            area += i % 2 == 1 ? counts[i] : 0;
        }

        return sum != pixels ? Wrong(SourceFault.RunsLength, $"the runs sum to {sum} of {pixels} px")
            : area == 0 ? Wrong(SourceFault.MaskEmpty, "the runs have no pixel of the object")
            : new(RealSegmentation.OfRuns([.. counts.Select(run => (int)run)]), default, null);
    }

    // Twice the signed area is the sum of the cross products; about the first point, so that large offsets cancel.
    private static double Area(double[] polygon)
    {
        double sum = 0;
        for (int i = 2; i + 3 < polygon.Length; i += 2)
        {
            sum += ((polygon[i] - polygon[0]) * (polygon[i + 3] - polygon[1]))
                - ((polygon[i + 2] - polygon[0]) * (polygon[i + 1] - polygon[1]));
        }

        return Math.Abs(sum) / 2;
    }

    private static bool Meets(double[] polygon, RealImage image)
    {
        (double left, double right, double top, double bottom) = (polygon[0], polygon[0], polygon[1], polygon[1]);
        for (int i = 2; i < polygon.Length; i += 2)
        {
            (left, right) = (Math.Min(left, polygon[i]), Math.Max(right, polygon[i]));
            (top, bottom) = (Math.Min(top, polygon[i + 1]), Math.Max(bottom, polygon[i + 1]));
        }

        return left < image.Width && right > 0 && top < image.Height && bottom > 0;
    }

    private static SegmentationRead Wrong(SourceFault fault, string what) => new(null, fault, what);
}
