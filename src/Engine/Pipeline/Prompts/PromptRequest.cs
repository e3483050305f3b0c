namespace Engine.Pipeline.Prompts;

/// <summary>A prompt as somebody asks for it; cleaned, not yet known to the planner.</summary>
/// <param name="Category">The category's name; case does not matter.</param>
/// <param name="Text">The text for the generator.</param>
/// <param name="Seed">Attempt k is seeded with this plus k; null to derive seeds from the run's.</param>
public sealed record PromptRequest(string Category, string Text, ulong? Seed = null);
