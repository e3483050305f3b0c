namespace Engine.Index.Sources;

/// <summary>A box as COCO writes it, in px and parts of px; may reach over the picture's edge.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
public readonly record struct RealBox(double X, double Y, double Width, double Height);
