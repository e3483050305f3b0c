using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Items;
using Kernels.Masks;

namespace Engine.Pipeline.Record;

/// <summary>Writes the JSON member of a sample; docs/spec/store.md says what each field means.</summary>
/// <remarks>The same item gives the same bytes: no times, and the entries of maps are sorted by key.</remarks>
internal static class SampleJson
{
    /// <summary>Version of the fields; it changes when one changes its meaning or goes.</summary>
    public const int Version = 1;

    // Letters of most languages stay readable UTF-8: the file is JSON, never part of a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Embedded item, Provenance provenance)
    {
        ArrayBufferWriter<byte> bytes = new(4096);
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            WritePrompt(json, item.Annotated.Picture.Prompt);
            WriteAnnotation(json, item.Annotated);
            WriteNumbers(json, "scores", item.Scores);
            if (item.Bounds.Count > 0)
            {
                WriteNumbers(json, "bounds", item.Bounds);
            }

            if (item.Neighbours.Count > 0)
            {
                WriteTexts(json, "neighbours", item.Neighbours);
            }

            WriteEmbedding(json, item.Embedding.Span, provenance.EmbeddingRevision);
            WriteOrigin(json, item.Annotated.Picture, provenance);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void WritePrompt(Utf8JsonWriter json, Prompt prompt)
    {
        json.WriteString("key", prompt.Key);
        json.WriteString("category", prompt.Category);
        json.WriteString("prompt", prompt.Text);
        json.WriteString("prompt_id", prompt.Id);
        json.WriteNumber("attempt", prompt.Attempt);
        WriteSeed(json, prompt.Seed);
    }

    private static void WriteAnnotation(Utf8JsonWriter json, Annotated annotated)
    {
        BinaryMask mask = annotated.Mask;
        json.WriteNumber("width", mask.Width);
        json.WriteNumber("height", mask.Height);
        WriteIntegers(json, "box", annotated.Box.X, annotated.Box.Y, annotated.Box.Width, annotated.Box.Height);
        json.WriteNumber("area", annotated.AreaPx);
        json.WriteStartObject("segmentation");
        WriteIntegers(json, "size", mask.Height, mask.Width);
        json.WriteString("counts", CocoRle.ToText(CocoRle.Encode(mask.Values, mask.Width, mask.Height)));
        json.WriteEndObject();
        json.WriteString("annotator", annotated.Annotator);
        WriteNumber(json, "predicted_iou", annotated.PredictedIou);
        WriteNumbers(json, "measures", annotated.Measures);
    }

    // In the sample itself, so that it is there exactly when the sample is, whatever ends the process.
    private static void WriteEmbedding(Utf8JsonWriter json, ReadOnlySpan<float> embedding, string? revision)
    {
        if (revision is null || embedding.IsEmpty)
        {
            return;
        }

        json.WriteStartObject("embedding");
        json.WriteString("revision", revision);
        json.WriteString("values", EmbeddingText.Of(embedding));
        json.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter json, Picture picture, Provenance provenance)
    {
        json.WriteString("embedder", provenance.Embedder);
        json.WriteString("generator", picture.Generator);
        WriteTexts(json, "lineage", picture.Lineage);
        json.WriteStartObject("run");
        json.WriteString("id", provenance.RunId);
        WriteSeed(json, provenance.RunSeed);
        json.WriteEndObject();
        json.WriteString("software", provenance.Software);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in texts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    // A string: many readers hold JSON numbers as doubles, which would round a seed of 64 bits.
    private static void WriteSeed(Utf8JsonWriter json, ulong seed) =>
        json.WriteString("seed", seed.ToString(CultureInfo.InvariantCulture));

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, double> numbers)
    {
        json.WriteStartObject(name);
        foreach ((string key, double value) in numbers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            WriteNumber(json, key, value);
        }

        json.WriteEndObject();
    }

    // JSON has no NaN and no infinity: null says that there is no number.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteIntegers(Utf8JsonWriter json, string name, params ReadOnlySpan<int> values)
    {
        json.WriteStartArray(name);
        foreach (int value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
