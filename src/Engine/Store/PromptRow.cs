namespace Engine.Store;

/// <summary>A prompt that was added while the daemon ran, as the ledger keeps it.</summary>
/// <param name="Id">Names the prompt; 1 to 64 characters, 16 hex digits by rule.</param>
/// <param name="Category">The category's name; 1 to 256 characters.</param>
/// <param name="Text">The text for the generator; 1 to 4,096 UTF-8 bytes.</param>
/// <param name="Seed">The seed the prompt came with; null when it is derived from the run's.</param>
public sealed record PromptRow(string Id, string Category, string Text, ulong? Seed = null);
