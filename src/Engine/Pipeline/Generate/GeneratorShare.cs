namespace Engine.Pipeline.Generate;

/// <summary>One of the generators of a plan.</summary>
/// <param name="Generator">What makes the pictures; owned by the caller.</param>
/// <param name="Weight">Its part of the prompts, as a ratio to the others' weights; above 0.</param>
public sealed record GeneratorShare(IImageGenerator Generator, double Weight);
