namespace Kernels.Compositing;

/// <summary>One cut-out laid on a picture.</summary>
/// <param name="Offset">Where its pixels begin among the cut-outs' pixels.</param>
/// <param name="Width">Columns of its pixels; 1 to <see cref="Composite.SideMaxPx"/>.</param>
/// <param name="Height">Rows of its pixels; the same bounds.</param>
/// <param name="Left">Column of the picture that its first column falls on; may lie outside.</param>
/// <param name="Top">Row of the picture that its first row falls on; may lie outside.</param>
/// <param name="TargetWidth">Columns it has on the picture: its scale; the bounds of its own.</param>
/// <param name="TargetHeight">Rows it has on the picture; the same bounds.</param>
/// <param name="Mirrored">Whether left and right are swapped.</param>
/// <param name="Opacity">256ths of its own opacity; 0 to 256.</param>
/// <param name="FeatherPx">Width of the edge over which it fades out, inwards, in px of the picture; 0 to
/// <see cref="Composite.FeatherMaxPx"/>.</param>
public readonly record struct Paste(
    int Offset, int Width, int Height, int Left, int Top, int TargetWidth, int TargetHeight, bool Mirrored,
    int Opacity, int FeatherPx);
