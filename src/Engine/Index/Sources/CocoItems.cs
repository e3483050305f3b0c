using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>Reads one image or category of a json from its text.</summary>
internal static class CocoItems
{
    /// <summary>Reads an image.</summary>
    /// <param name="text">A json value.</param>
    /// <param name="field">The field that is wrong or missing; empty when the value is no object.</param>
    /// <returns>The image; null when a field is wrong.</returns>
    public static RealImage? Image(ReadOnlySpan<byte> text, out string field)
    {
        Utf8JsonReader reader = new(text);
        (long? id, long? width, long? height) = (null, null, null);
        (string? fileName, string? url) = (null, null);
        (List<long>? inexact, List<long>? negative) = ([], []);
        field = "";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = JsonFields.Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "id": id = JsonFields.Int64(ref reader); break;
                case "width": width = JsonFields.Int64(ref reader); break;
                case "height": height = JsonFields.Int64(ref reader); break;
                case "file_name": fileName = JsonFields.Text(ref reader); break;
                case "coco_url": url = JsonFields.Text(ref reader); break;
                case "not_exhaustive_category_ids": inexact = JsonFields.Int64s(ref reader); break;
                case "neg_category_ids": negative = JsonFields.Int64s(ref reader); break;
                default: break;
            }

            reader.Skip();
        }

        string? file = string.IsNullOrEmpty(fileName) ? LastTwo(url) : fileName;
        field = id is null ? "id" : width is not (>= 1 and <= int.MaxValue) ? "width"
            : height is not (>= 1 and <= int.MaxValue) || width * height > int.MaxValue ? "height"
            : string.IsNullOrEmpty(file) ? "file_name" : inexact is null ? "not_exhaustive_category_ids"
            : negative is null ? "neg_category_ids" : "";
        return field.Length > 0
            ? null
            : new RealImage(id!.Value, file!, (int)width!.Value, (int)height!.Value)
            {
                NotExhaustive = inexact!.Count == 0 ? [] : inexact.ToArray(),
                Negative = negative!.Count == 0 ? [] : negative.ToArray(),
            };
    }

    /// <summary>Reads a category.</summary>
    /// <param name="text">A json value.</param>
    /// <param name="field">The field that is wrong or missing; empty when the value is no object.</param>
    /// <returns>The category; null when a field is wrong.</returns>
    public static RealCategory? Category(ReadOnlySpan<byte> text, out string field)
    {
        Utf8JsonReader reader = new(text);
        (long? id, string? title, string? frequency) = (null, null, null);
        field = "";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = JsonFields.Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "id": id = JsonFields.Int64(ref reader); break;
                case "name": title = JsonFields.Text(ref reader); break;
                case "frequency": frequency = JsonFields.Text(ref reader); break;
                default: break;
            }

            reader.Skip();
        }

        field = id is null ? "id" : string.IsNullOrWhiteSpace(title) ? "name" : "";
        return field.Length > 0 ? null : new RealCategory(id!.Value, title!, frequency, Instances: 0);
    }

    // LVIS names no file but the address it came from: http://host/train2017/000000391895.jpg.
    private static string? LastTwo(string? url)
    {
        string[] parts = url?.Split('/', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return parts.Length < 2 ? null : $"{parts[^2]}/{parts[^1]}";
    }
}
