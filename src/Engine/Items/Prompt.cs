namespace Engine.Items;

/// <summary>One try at one prompt: what a generator turns into one picture.</summary>
public sealed record Prompt
{
    /// <summary>Names the prompt across restarts: 16 hex digits, hashed from category and normalised text.</summary>
    public required string Id { get; init; }

    /// <summary>The category's name, as in the plan.</summary>
    public required string Category { get; init; }

    /// <summary>The text for the generator, NFC, without control characters, 1 to 4,096 UTF-8 bytes.</summary>
    public required string Text { get; init; }

    /// <summary>0 for the first picture of this prompt, then 1, 2, ...</summary>
    public required int Attempt { get; init; }

    /// <summary>hash(run seed, prompt, attempt), or the seed the prompt came with plus the attempt.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Names the sample that this try may become; unique in a store: <c>{Id}-{Attempt:D6}</c>.</summary>
    public string Key => $"{Id}-{Attempt:D6}";

    /// <summary>What the prompt weighs in a stage's byte account: UTF-16 text and a fixed part.</summary>
    public long Bytes => (2L * (Text.Length + Category.Length)) + 128;
}
