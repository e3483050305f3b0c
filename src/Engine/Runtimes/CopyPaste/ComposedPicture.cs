using Engine.Items;

namespace Engine.Runtimes.CopyPaste;

/// <summary>A real picture with samples pasted on it.</summary>
/// <param name="Background">What it was.</param>
/// <param name="Image">What it is.</param>
/// <param name="Objects">What is seen on it: the real objects that stayed, then the pasted ones, each in order.</param>
/// <param name="Hidden">Objects that are no longer annotated, because too little of them is seen.</param>
internal sealed record ComposedPicture(
    Background Background, RgbImage Image, IReadOnlyList<ComposedObject> Objects, int Hidden);
