namespace Engine.Pipeline.Prompts;

/// <summary>A request that the planner did not take.</summary>
/// <param name="Index">Its place in the list handed in, from 0.</param>
/// <param name="Reason">The value and the bound, for a person.</param>
public readonly record struct RefusedPrompt(int Index, string Reason);
