using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Index.Sources;
using Kernels.Compositing;
using Kernels.Masks;

namespace Engine.Runtimes.CopyPaste;

/// <summary>Writes the annotations of a composed picture as COCO does; docs/spec/copy-paste.md.</summary>
internal static class ComposedJson
{
    /// <summary>Version of the fields; it changes when one changes its meaning or goes.</summary>
    public const int Version = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(long position, string file, ComposedPicture of, IBackgrounds backgrounds)
    {
        ArrayBufferWriter<byte> bytes = new(16 << 10);
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            WriteImage(json, position, file, of);
            json.WriteStartArray("annotations");
            for (int i = 0; i < of.Objects.Count; i++)
            {
                WriteObject(json, i + 1, position, of, of.Objects[i], backgrounds);
            }

            json.WriteEndArray();
            json.WriteNumber("hidden", of.Hidden);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WriteImage(Utf8JsonWriter json, long position, string file, ComposedPicture of)
    {
        RealImage real = of.Background.Group.Image;
        json.WriteStartObject("image");
        json.WriteNumber("id", position);
        json.WriteString("file_name", file);
        json.WriteNumber("width", of.Image.Width);
        json.WriteNumber("height", of.Image.Height);
        json.WriteNumber("background_id", real.Id);
        json.WriteString("background", real.Name);
        WriteNumbers(json, "not_exhaustive_category_ids", real.NotExhaustive);
        WriteNumbers(json, "neg_category_ids", real.Negative);
        json.WriteEndObject();
    }

    private static void WriteObject(
        Utf8JsonWriter json, int id, long position, ComposedPicture of, ComposedObject one, IBackgrounds backgrounds)
    {
        string category = one.Real?.Category.Name ?? one.Pasted!.CutOut.Source.Category;
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("image_id", position);
        if ((one.Real?.Category.Id ?? backgrounds.IdOf(category)) is { } number)
        {
            json.WriteNumber("category_id", number);
        }
        else
        {
            json.WriteNull("category_id");
        }

        json.WriteString("category", category);
        CompositeRecord at = one.Record;
        WriteNumbers(json, "bbox", [at.Left, at.Top, at.Width, at.Height]);
        json.WriteNumber("area", at.AreaPx);
        if (one.Real is null or { Segmentation: not null })
        {
            json.WriteStartObject("segmentation");
            WriteNumbers(json, "size", [of.Image.Height, of.Image.Width]);
            json.WriteString("counts", CocoRle.ToText(one.Runs));
            json.WriteEndObject();
        }

        json.WriteNumber("iscrowd", one.Real is { IsCrowd: true } ? 1 : 0);
        json.WriteBoolean("generated", one.Real is null);
        if (one.Pasted is { } pasted)
        {
            json.WriteString("sample", pasted.CutOut.Source.Key);
            json.WriteNumber("sequence", pasted.CutOut.Source.Sequence);
        }
        else
        {
            json.WriteNumber("annotation_id", one.Real!.Id);
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
