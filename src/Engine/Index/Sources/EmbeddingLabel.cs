using System.Globalization;
using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>What an embedding is of.</summary>
/// <param name="Id">The source's name for it; null when it gives none.</param>
/// <param name="Category">Its category's name; null when it is missing.</param>
internal readonly record struct EmbeddingLabel(string? Id, string? Category)
{
    /// <summary>Reads <c>{"id": "a" or 7, "category": "otter"}</c>; other fields are passed over.</summary>
    /// <param name="text">A json value whose syntax is right.</param>
    public static EmbeddingLabel Read(ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text);
        (string? id, string? category) = (null, null);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = JsonFields.Text(ref reader);
            reader.Read();
            switch (name)
            {
                case "id":
                    id = JsonFields.Text(ref reader)
                        ?? JsonFields.Int64(ref reader)?.ToString(CultureInfo.InvariantCulture);
                    break;
                case "category":
                    category = JsonFields.Text(ref reader);
                    break;
                default:
                    break;
            }

            reader.Skip();
        }

        return new(id, string.IsNullOrWhiteSpace(category) ? null : category);
    }
}
