using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Reads one annotation from its text.</summary>
internal static class CocoAnnotation
{
    /// <summary>Reads an annotation.</summary>
    /// <param name="text">A json object that was walked before, so its syntax is right.</param>
    /// <param name="image">Its image.</param>
    /// <param name="category">Its category.</param>
    /// <param name="fault">What is wrong with it: reason, field, words.</param>
    /// <returns>The instance; null when something is wrong.</returns>
    public static RealInstance? Read(
        ReadOnlySpan<byte> text,
        RealImage image,
        RealCategory category,
        out (SourceFault Reason, string Field, string What) fault)
    {
        Utf8JsonReader reader = new(text);
        (long? id, double? area, bool? isCrowd, double[]? box) = (null, null, false, null);
        SegmentationRead segmentation = default;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = JsonFields.Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "id": id = JsonFields.Int64(ref reader); break;
                case "area": area = JsonFields.Double(ref reader); break;
                case "iscrowd": isCrowd = JsonFields.Flag(ref reader); break;
                case "bbox": box = JsonFields.Doubles(ref reader); break;
                case "segmentation": segmentation = SegmentationRead.From(ref reader, image); break;
                default: break;
            }

            reader.Skip();
        }

        fault = Fault(id, isCrowd, box, image) ?? (segmentation.What is null
            ? default
            : (segmentation.Fault, "segmentation", segmentation.What));
        return fault.What is not null
            ? null
            : new RealInstance(
                id!.Value,
                image,
                category,
                new RealBox(box![0], box[1], box[2], box[3]),
                segmentation.Value,
                isCrowd!.Value,
                area);
    }

    private static (SourceFault Reason, string Field, string What)? Fault(
        long? id, bool? isCrowd, double[]? box, RealImage image)
    {
        if (id is null)
        {
            return (SourceFault.WrongField, "id", "missing, or not a whole number");
        }

        if (isCrowd is null)
        {
            return (SourceFault.WrongField, "iscrowd", "neither 0 nor 1");
        }

        if (box is not { Length: 4 })
        {
            return (SourceFault.WrongField, "bbox", "missing, or not four finite numbers");
        }

        if (!(box[2] > 0 && box[3] > 0))
        {
            return (SourceFault.BoxEmpty, "bbox", $"it is {box[2]} x {box[3]} px");
        }

        return box[0] >= image.Width || box[1] >= image.Height || box[0] + box[2] <= 0 || box[1] + box[3] <= 0
            ? (SourceFault.BoxOutside, "bbox", $"it lies outside the {image.Width} x {image.Height} px picture")
            : null;
    }
}
