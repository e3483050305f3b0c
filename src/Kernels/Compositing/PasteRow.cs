namespace Kernels.Compositing;

/// <summary>A row of <see cref="PastePlan.Table"/>, by names.</summary>
internal readonly struct PasteRow(ReadOnlySpan<int> row)
{
    public readonly int Offset = row[0];
    public readonly int Width = row[1];
    public readonly int Height = row[2];
    public readonly int Left = row[3];
    public readonly int Top = row[4];
    public readonly int TargetWidth = row[5];
    public readonly int TargetHeight = row[6];
    public readonly int Opacity = row[7];
    public readonly int Feather = row[8];
    public readonly int Taps = row[9];
    public readonly int Fades = row[10];
    public readonly int Plane = row[11];
}
