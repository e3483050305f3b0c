using System.Text.Json;

namespace Engine.Index.Sources;

/// <summary>The members of one key of a shard, as far as they matter here.</summary>
/// <param name="shard">The shard, for messages.</param>
/// <param name="key">The key.</param>
internal sealed class WebDatasetMembers(string shard, string key)
{
    /// <summary>The shard.</summary>
    public string Shard { get; } = shard;

    /// <summary>The path up to the first dot of its last part, as WebDataset has it.</summary>
    public string Key { get; } = key;

    /// <summary>The .npy member.</summary>
    public byte[]? Npy { get; set; }

    /// <summary>The .json member.</summary>
    public byte[]? Json { get; set; }

    /// <summary>The text of the .cls member.</summary>
    public string? Class { get; set; }

    /// <summary>Whether a member was too large to be read.</summary>
    public bool IsTooLarge { get; set; }

    /// <summary>The key of a member.</summary>
    /// <param name="name">The member's path.</param>
    public static string KeyOf(string name)
    {
        int dot = name.IndexOf('.', name.LastIndexOf('/') + 1);
        return dot < 0 ? name : name[..dot];
    }

    /// <summary>The label: of the json, and where that has no category, of the class.</summary>
    /// <exception cref="JsonException">The json is broken.</exception>
    public EmbeddingLabel Label()
    {
        EmbeddingLabel label = default;
        if (Json is not null)
        {
            Utf8JsonReader syntax = new(Json);
            while (syntax.Read())
            {
            }

            label = EmbeddingLabel.Read(Json);
        }

        return label with { Category = label.Category ?? (string.IsNullOrEmpty(Class) ? null : Class) };
    }

    /// <summary>The point; null when there is no array, or not one row.</summary>
    /// <exception cref="InvalidDataException">The array is broken or of a kind that is not read.</exception>
    public float[]? Point()
    {
        if (Npy is null)
        {
            return null;
        }

        NpyRows rows = NpyRows.Open(new MemoryStream(Npy), Npy.Length, $"{Key}.npy");
        return rows.Header.Rows == 1 ? rows.Next() : null;
    }
}
