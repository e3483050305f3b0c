using Engine.Index.Sources;
using Kernels.Compositing;

namespace Engine.Runtimes.CopyPaste;

/// <summary>An object of a composed picture that is still seen.</summary>
/// <param name="Real">The real object; null for a pasted one.</param>
/// <param name="Pasted">The pasted cut-out; null for a real one.</param>
/// <param name="Record">What is seen of it, and its box.</param>
/// <param name="Runs">Its visible mask: run lengths in px, zeros first, down the columns.</param>
internal sealed record ComposedObject(
    RealInstance? Real, PlacedCutOut? Pasted, CompositeRecord Record, int[] Runs);
