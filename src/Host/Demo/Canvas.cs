using Engine.Items;

namespace Host.Demo;

/// <summary>A picture that is being drawn.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;
    private readonly int _width;
    private readonly int _height;

    /// <summary>Makes a canvas of one grey.</summary>
    /// <param name="width">Width in px.</param>
    /// <param name="height">Height in px.</param>
    /// <param name="grey">0 black to 255 white.</param>
    public Canvas(int width, int height, byte grey)
    {
        (_width, _height, _pixels) = (width, height, new byte[width * height * 3]);
        _pixels.AsSpan().Fill(grey);
    }

    /// <summary>Copies a picture, which must lie inside the canvas.</summary>
    public void Put(RgbImage image, int left, int top)
    {
        for (int row = 0; row < image.Height; row++)
        {
            image.Pixels.AsSpan(row * image.Width * 3, image.Width * 3)
                .CopyTo(_pixels.AsSpan((((top + row) * _width) + left) * 3));
        }
    }

    /// <summary>Writes one line of text in black.</summary>
    public void Write(string text, int left, int top, int scale)
    {
        for (int at = 0; at < text.Length; at++)
        {
            int start = left + (at * (BitmapFont.WidthPx + 1) * scale);
            for (int dot = 0; dot < BitmapFont.WidthPx * BitmapFont.HeightPx; dot++)
            {
                (int x, int y) = (dot % BitmapFont.WidthPx, dot / BitmapFont.WidthPx);
                if (BitmapFont.IsInk(text[at], x, y))
                {
                    Ink(start + (x * scale), top + (y * scale), scale);
                }
            }
        }
    }

    /// <summary>Ends the drawing; the canvas is not used after it.</summary>
    /// <returns>The picture, which now owns the pixels.</returns>
    public RgbImage ToImage() => new(_width, _height, _pixels);

    private void Ink(int left, int top, int side)
    {
        for (int row = top; row < top + side; row++)
        {
            _pixels.AsSpan(((row * _width) + left) * 3, side * 3).Clear();
        }
    }
}
