using System.Runtime.InteropServices;

namespace Kernels.Compositing;

/// <summary>What is seen of an object of a composite, and what there would be without those above it: 10 ints, in this
/// order on every device. A box is 0, 0, 0, 0 when its mask is empty.</summary>
/// <param name="AreaPx">Pixels of the visible mask.</param>
/// <param name="Left">First column of the visible mask's box.</param>
/// <param name="Top">First row of the visible mask's box.</param>
/// <param name="Width">Columns of the visible mask's box.</param>
/// <param name="Height">Rows of the visible mask's box.</param>
/// <param name="WholeAreaPx">Pixels of the mask within the picture, seen or hidden.</param>
/// <param name="WholeLeft">First column of the whole mask's box.</param>
/// <param name="WholeTop">First row of the whole mask's box.</param>
/// <param name="WholeWidth">Columns of the whole mask's box.</param>
/// <param name="WholeHeight">Rows of the whole mask's box.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct CompositeRecord(
    int AreaPx, int Left, int Top, int Width, int Height,
    int WholeAreaPx, int WholeLeft, int WholeTop, int WholeWidth, int WholeHeight);
