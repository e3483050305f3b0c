using Engine.Imaging;
using Engine.Items;

namespace Host.Demo;

/// <summary>
/// Shows samples on one picture, to be judged by eye: each as the picture, its mask in white on black, and the object
/// cut out on a checkerboard, where what the mask took or left too much is seen at once.
/// </summary>
internal static class ContactSheet
{
    /// <summary>Grey of the sheet around the cells.</summary>
    public const byte PaperGrey = 236;

    /// <summary>Greys of the checkerboard: none is white, which is the background of most samples.</summary>
    public const byte CheckLightGrey = 204, CheckDarkGrey = 150;

    /// <summary>Side of a square of the checkerboard in px.</summary>
    public const int CheckPx = 8;

    /// <summary>Draws a sheet and writes it as a PNG file, over one that is there.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="samples">1 or more samples; see <see cref="Draw"/>.</param>
    /// <param name="cellPx">Side of a cell in px, 32 to 512. A picture is shrunk or enlarged to fit.</param>
    /// <param name="samplesARow">Samples side by side, at least 1.</param>
    /// <exception cref="ArgumentException">A mask is not its picture's size, or the sheet is too large.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyList<(RgbImage Picture, BinaryMask Mask, string Caption)> samples, int cellPx = 192,
        int samplesARow = 2)
    {
        ArgumentNullException.ThrowIfNull(samples);
        RgbImage sheet = Draw(samples, new ContactSheetLayout(samples.Count, cellPx, samplesARow));
        File.WriteAllBytes(path, ImageCodec.EncodePng(sheet));
    }

    /// <summary>Draws a sheet.</summary>
    /// <param name="samples">As many as the layout was made for. Captions are ASCII; other characters become '?', and
    /// what does not fit on <see cref="ContactSheetLayout.CaptionLinesMax"/> lines is cut.</param>
    /// <param name="layout">Where they go.</param>
    /// <returns>The sheet.</returns>
    /// <exception cref="ArgumentException">A mask is not its picture's size.</exception>
    public static RgbImage Draw(
        IReadOnlyList<(RgbImage Picture, BinaryMask Mask, string Caption)> samples, ContactSheetLayout layout)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(layout);
        Canvas canvas = new(layout.WidthPx, layout.HeightPx, PaperGrey);
        for (int i = 0; i < samples.Count; i++)
        {
            (RgbImage picture, BinaryMask mask, string caption) = samples[i];
            if (picture.Width != mask.Width || picture.Height != mask.Height)
            {
                throw new ArgumentException(
                    $"Sample {i}: the mask is {mask.Width} x {mask.Height} px, its picture "
                    + $"{picture.Width} x {picture.Height} px; they must be the same.");
            }

            DrawCells(canvas, layout, i, picture, mask);
            DrawCaption(canvas, layout, i, caption);
        }

        return canvas.ToImage();
    }

    private static void DrawCells(
        Canvas canvas, ContactSheetLayout layout, int sample, RgbImage picture, BinaryMask mask)
    {
        // The object is cut out before it is resized: afterwards, the background would have bled into its edge.
        RgbImage shownPicture = Fit(picture, layout.CellPx);
        RgbImage shownMask = Fit(InWhite(mask), layout.CellPx);
        RgbImage shownObject = Fit(Masked(picture, mask), layout.CellPx);
        RgbImage[] cells = [shownPicture, shownMask, OnCheckerboard(shownObject, shownMask)];
        for (int cell = 0; cell < cells.Length; cell++)
        {
            Box box = layout.Cell(sample, cell);
            canvas.Put(
                cells[cell], box.X + ((box.Width - cells[cell].Width) / 2),
                box.Y + ((box.Height - cells[cell].Height) / 2));
        }
    }

    private static void DrawCaption(Canvas canvas, ContactSheetLayout layout, int sample, string caption)
    {
        Box box = layout.Caption(sample);
        IReadOnlyList<string> lines =
            CaptionText.Lines(caption, layout.CharactersALine, ContactSheetLayout.CaptionLinesMax);
        for (int line = 0; line < lines.Count; line++)
        {
            canvas.Write(
                lines[line], box.X, box.Y + (line * ContactSheetLayout.LinePx), ContactSheetLayout.FontScale);
        }
    }

    /// <summary>Brings the longer side to the cell's. Enlarged pixels stay squares, so that a mask's steps are
    /// seen.</summary>
    private static RgbImage Fit(RgbImage image, int side)
    {
        int longer = Math.Max(image.Width, image.Height);
        int width = Math.Max((int)Math.Round((double)image.Width * side / longer), 1);
        int height = Math.Max((int)Math.Round((double)image.Height * side / longer), 1);
        ResizeKernel kernel = longer > side ? ResizeKernel.Bilinear : ResizeKernel.Nearest;
        return ImageResize.Resize(image, width, height, kernel);
    }

    private static RgbImage InWhite(BinaryMask mask)
    {
        byte[] pixels = new byte[mask.Values.Length * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(mask.Values[i / 3] * 255);
        }

        return new RgbImage(mask.Width, mask.Height, pixels);
    }

    private static RgbImage Masked(RgbImage picture, BinaryMask mask)
    {
        byte[] pixels = new byte[picture.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(picture.Pixels[i] * mask.Values[i / 3]);
        }

        return new RgbImage(picture.Width, picture.Height, pixels);
    }

    private static RgbImage OnCheckerboard(RgbImage masked, RgbImage coverage)
    {
        byte[] pixels = new byte[masked.Pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y) = (i / 3 % masked.Width, i / 3 / masked.Width);
            int check = ((x / CheckPx) + (y / CheckPx)) % 2 == 0 ? CheckLightGrey : CheckDarkGrey;
            pixels[i] = (byte)Math.Min(masked.Pixels[i] + (((check * (255 - coverage.Pixels[i])) + 127) / 255), 255);
        }

        return new RgbImage(masked.Width, masked.Height, pixels);
    }
}
