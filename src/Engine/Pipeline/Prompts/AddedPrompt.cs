namespace Engine.Pipeline.Prompts;

/// <summary>A prompt that the planner took and had not held before.</summary>
/// <param name="Id">Its id, 16 hex digits.</param>
/// <param name="Category">The category's name as the plan writes it.</param>
/// <param name="Text">The text, clean.</param>
/// <param name="Seed">The seed it came with; null when it came without.</param>
public sealed record AddedPrompt(string Id, string Category, string Text, ulong? Seed);
