using Engine.Items;

namespace Engine.Runtimes.Sam;

/// <summary>How a picture lies in the encoder's frame: from the upper left corner, scaled, the rest padding.</summary>
/// <param name="Width">Columns of the frame.</param>
/// <param name="Height">Rows of the frame.</param>
/// <param name="ContentWidth">Columns that the picture takes.</param>
/// <param name="ContentHeight">Rows that the picture takes.</param>
/// <param name="ImageWidth">Columns of the picture.</param>
/// <param name="ImageHeight">Rows of the picture.</param>
internal readonly record struct SamFrame(
    int Width, int Height, int ContentWidth, int ContentHeight, int ImageWidth, int ImageHeight)
{
    /// <summary>The picture fills the frame, its sides scaled apart from each other (SAM 2).</summary>
    public static SamFrame Stretched(PictureInput input, RgbImage image) =>
        new(input.Width, input.Height, input.Width, input.Height, image.Width, image.Height);

    /// <summary>The picture keeps its shape and as large as fits; padding to the right or below (SAM).</summary>
    public static SamFrame Padded(PictureInput input, RgbImage image)
    {
        double scale = Math.Min((double)input.Width / image.Width, (double)input.Height / image.Height);
        int width = Math.Clamp((int)((image.Width * scale) + 0.5), 1, input.Width);
        int height = Math.Clamp((int)((image.Height * scale) + 0.5), 1, input.Height);
        return new(input.Width, input.Height, width, height, image.Width, image.Height);
    }

    /// <summary>The picture's corners, or points a margin inside of them, in px of the frame.</summary>
    /// <param name="marginPx">Distance from both sides of a corner in px of the picture.</param>
    /// <returns>[4, 2] f32: x, y of the upper left, upper right, lower left and lower right point.</returns>
    public float[] CornerPoints(int marginPx)
    {
        int margin = Math.Min(marginPx, (Math.Min(ImageWidth, ImageHeight) - 1) / 2);
        float left = (float)((double)margin * ContentWidth / ImageWidth);
        float top = (float)((double)margin * ContentHeight / ImageHeight);
        float right = (float)((double)(ImageWidth - 1 - margin) * ContentWidth / ImageWidth);
        float bottom = (float)((double)(ImageHeight - 1 - margin) * ContentHeight / ImageHeight);
        return [left, top, right, top, left, bottom, right, bottom];
    }
}
