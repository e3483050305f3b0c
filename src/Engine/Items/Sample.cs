namespace Engine.Items;

/// <summary>An accepted sample, encoded: what the store appends and a training job receives.</summary>
/// <remarks>Its files are never changed. They may lie in memory that is lent (<see cref="Lent{T}"/>).</remarks>
public sealed record Sample
{
    /// <summary>Unique in a store; the prompt's key (<see cref="Prompt.Key"/>): 23 characters of [0-9a-f-].</summary>
    public required string Key { get; init; }

    /// <summary>The category's name.</summary>
    public required string Category { get; init; }

    /// <summary>The prompt's id, 16 hex digits.</summary>
    public required string PromptId { get; init; }

    /// <summary>The prompt's attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The picture as a file: PNG, WebP or JPEG bytes.</summary>
    public required ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>The picture's file name ending: <c>png</c>, <c>webp</c> or <c>jpg</c>.</summary>
    public required string ImageExtension { get; init; }

    /// <summary>The mask as a PNG: grey, 8 bits, 0 or 255, the picture's size.</summary>
    public required ReadOnlyMemory<byte> MaskPng { get; init; }

    /// <summary>Category, box, area, RLE, scores and lineage as UTF-8 JSON (docs/spec/store.md).</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>What the sample weighs in a stage's byte account.</summary>
    public long Bytes => (long)Image.Length + MaskPng.Length + Json.Length + 512;
}
