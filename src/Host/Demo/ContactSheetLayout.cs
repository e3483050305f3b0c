using Engine.Items;

namespace Host.Demo;

/// <summary>Where things lie on a contact sheet: samples in rows, three cells a sample, a caption below them.</summary>
internal sealed class ContactSheetLayout
{
    /// <summary>Cells of a sample: picture, mask, cut-out.</summary>
    public const int CellsASample = 3;

    /// <summary>Lines a caption may take; the rest is cut.</summary>
    public const int CaptionLinesMax = 2;

    /// <summary>Sheet px a pixel of the font takes.</summary>
    public const int FontScale = 2;

    private const int GapPx = 4;
    private const int MarginPx = 16;
    private const int LineGapPx = 4;

    private readonly int _samples;

    /// <summary>Lays a sheet out.</summary>
    /// <param name="samples">Samples on it, at least 1.</param>
    /// <param name="cellPx">Side of a cell in px, 32 to 512.</param>
    /// <param name="samplesARow">Samples side by side, at least 1.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the sheet is larger than a picture may
    /// be.</exception>
    public ContactSheetLayout(int samples, int cellPx, int samplesARow)
    {
        if (samples < 1 || samplesARow < 1 || cellPx is < 32 or > 512)
        {
            throw new ArgumentException(
                $"{samples} samples, {samplesARow} a row, cells of {cellPx} px: at least 1, at least 1, 32 to 512 px.");
        }

        (_samples, CellPx, SamplesARow) = (samples, cellPx, Math.Min(samplesARow, samples));
        long rows = (samples + SamplesARow - 1) / SamplesARow;
        (long width, long height) = (MarginPx + (SamplesARow * (long)StepX), MarginPx + (rows * StepY));
        if (width > RgbImage.SideMaxPx || height > RgbImage.SideMaxPx)
        {
            throw new ArgumentException(
                $"{samples} samples make a sheet of {width} x {height} px; a side may be {RgbImage.SideMaxPx} px.");
        }

        (WidthPx, HeightPx) = ((int)width, (int)height);
    }

    /// <summary>Side of a cell in px.</summary>
    public int CellPx { get; }

    /// <summary>Samples side by side.</summary>
    public int SamplesARow { get; }

    /// <summary>Width of the sheet in px.</summary>
    public int WidthPx { get; }

    /// <summary>Height of the sheet in px.</summary>
    public int HeightPx { get; }

    /// <summary>Characters a caption's line holds.</summary>
    public int CharactersALine => BlockPx / CharacterPx;

    /// <summary>Px from one character to the next.</summary>
    public static int CharacterPx => (BitmapFont.WidthPx + 1) * FontScale;

    /// <summary>Px from one line of a caption to the next.</summary>
    public static int LinePx => (BitmapFont.HeightPx * FontScale) + LineGapPx;

    private int BlockPx => (CellsASample * CellPx) + ((CellsASample - 1) * GapPx);

    private int StepX => BlockPx + MarginPx;

    private int StepY => CellPx + GapPx + (CaptionLinesMax * LinePx) + MarginPx;

    /// <summary>The box of a cell.</summary>
    /// <param name="sample">The sample, from 0.</param>
    /// <param name="cell">0 picture, 1 mask, 2 cut-out.</param>
    /// <returns>The box in px of the sheet.</returns>
    public Box Cell(int sample, int cell)
    {
        (int x, int y) = Corner(sample);
        return new Box(x + (cell * (CellPx + GapPx)), y, CellPx, CellPx);
    }

    /// <summary>The box of a caption.</summary>
    /// <param name="sample">The sample, from 0.</param>
    /// <returns>The box in px of the sheet.</returns>
    public Box Caption(int sample)
    {
        (int x, int y) = Corner(sample);
        return new Box(x, y + CellPx + GapPx, BlockPx, CaptionLinesMax * LinePx);
    }

    private (int X, int Y) Corner(int sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, _samples);
        return (MarginPx + (sample % SamplesARow * StepX), MarginPx + (sample / SamplesARow * StepY));
    }
}
