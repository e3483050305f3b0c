using System.Runtime.InteropServices;

namespace Kernels.Masks;

/// <summary>What a mask chain measured of one picture: 12 ints, in this order on every device.</summary>
/// <param name="AreaPx">Pixels set in the final mask.</param>
/// <param name="Left">The final mask's first column; 0 when it is empty.</param>
/// <param name="Top">The final mask's first row; 0 when it is empty.</param>
/// <param name="Width">Columns of the final mask's box; 0 when it is empty.</param>
/// <param name="Height">Rows of the final mask's box; 0 when it is empty.</param>
/// <param name="TopPx">Pixels set in the picture's first row.</param>
/// <param name="BottomPx">Pixels set in the picture's last row.</param>
/// <param name="LeftPx">Pixels set in the picture's first column.</param>
/// <param name="RightPx">Pixels set in the picture's last column.</param>
/// <param name="Components">8-connected parts after erosion, before the largest was kept and holes were filled.</param>
/// <param name="HolesPx">Pixels that filling holes set, within <paramref name="AreaPx"/>.</param>
/// <param name="Faults">What is wrong with the logits.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MaskRecord(
    int AreaPx, int Left, int Top, int Width, int Height, int TopPx, int BottomPx, int LeftPx, int RightPx,
    int Components, int HolesPx, MaskFaults Faults)
{
    /// <summary>Pixels set in the first or last row or column, corners counted on both.</summary>
    public int BorderPx => TopPx + BottomPx + LeftPx + RightPx;
}
