namespace Engine.Items;

/// <summary>An axis-aligned box in px, as COCO writes it: left, top, width, height.</summary>
/// <param name="X">Left column, from 0.</param>
/// <param name="Y">Top row, from 0.</param>
/// <param name="Width">Columns covered, at least 1 for a mask that is not empty.</param>
/// <param name="Height">Rows covered, at least 1 for a mask that is not empty.</param>
public readonly record struct Box(int X, int Y, int Width, int Height);
