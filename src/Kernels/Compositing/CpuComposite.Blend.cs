using Kernels.Masks;

namespace Kernels.Compositing;

/// <content>A paste's planes and its pixels.</content>
public sealed unsafe partial class CpuComposite
{
    // Alpha of each pixel of a paste, the distance along its row to the nearest that is not solid, and the whole mask.
    private void Solid(in PasteRow paste, Span<uint> mask)
    {
        for (int y = 0; y < paste.TargetHeight; y++)
        {
            int begin = paste.Plane + (y * paste.TargetWidth);
            Span<byte> alphas = _alphas.AsSpan(begin, paste.TargetWidth);
            AlphaRow(paste, y, alphas);
            if (paste.Feather > 0)
            {
                DistanceRow(alphas, paste.Feather, _distances.AsSpan(begin, paste.TargetWidth));
            }

            if (y + paste.Top >= 0 && y + paste.Top < _height)
            {
                Pack(alphas, paste.Left, mask.Slice((y + paste.Top) * _words, _words));
            }
        }
    }

    private void AlphaRow(in PasteRow paste, int y, Span<byte> alphas)
    {
        ReadOnlySpan<int> taps = _plan.Values.Slice(paste.Taps, paste.TargetWidth);
        (long upper, long lower, int down) = Rows(paste, y);
        byte* above = _cutouts + upper + 3;
        byte* below = _cutouts + lower + 3;
        for (int x = 0; x < alphas.Length; x++)
        {
            int left = (taps[x] >> 8) * Composite.PixelBytes;
            int right = Math.Min((taps[x] >> 8) + 1, paste.Width - 1) * Composite.PixelBytes;
            int across = taps[x] & 255;
            int top = (above[left] * (256 - across)) + (above[right] * across);
            int bottom = (below[left] * (256 - across)) + (below[right] * across);
            alphas[x] = (byte)(((top * (256 - down)) + (bottom * down) + 32_768) >> 16);
        }
    }

    // Offsets of the rows above and below a target row, in bytes, and the weight of the lower.
    private (long Upper, long Lower, int Down) Rows(in PasteRow paste, int y)
    {
        int tap = _plan.Values[paste.Taps + paste.TargetWidth + y];
        long upper = paste.Offset + ((long)(tap >> 8) * paste.Width);
        long lower = paste.Offset + ((long)Math.Min((tap >> 8) + 1, paste.Height - 1) * paste.Width);
        return (upper * Composite.PixelBytes, lower * Composite.PixelBytes, tap & 255);
    }

    private static void DistanceRow(ReadOnlySpan<byte> alphas, int feather, Span<byte> distances)
    {
        int since = 0; // Left of the first pixel lies the outside.
        for (int x = 0; x < alphas.Length; x++)
        {
            since = alphas[x] < Composite.SolidMin ? 0 : Math.Min(since, feather) + 1;
            distances[x] = (byte)since;
        }

        since = 0;
        for (int x = alphas.Length - 1; x >= 0; x--)
        {
            since = alphas[x] < Composite.SolidMin ? 0 : Math.Min(since, feather) + 1;
            distances[x] = (byte)Math.Min(distances[x], since);
        }
    }

    private void Pack(ReadOnlySpan<byte> alphas, int left, Span<uint> row)
    {
        for (int x = Math.Max(0, -left); x < Math.Min(alphas.Length, _width - left); x++)
        {
            row[(x + left) / MaskBits.PerWord] |=
                alphas[x] >= Composite.SolidMin ? 1u << ((x + left) % MaskBits.PerWord) : 0;
        }
    }

    private void Blend(in PasteRow paste, int pictureRow)
    {
        int y = pictureRow - paste.Top;
        if (y < 0 || y >= paste.TargetHeight)
        {
            return;
        }

        ReadOnlySpan<int> taps = _plan.Values.Slice(paste.Taps, paste.TargetWidth);
        ReadOnlySpan<byte> alphas = _alphas.AsSpan(paste.Plane + (y * paste.TargetWidth), paste.TargetWidth);
        (long upper, long lower, int down) = Rows(paste, y);
        for (int x = Math.Max(0, -paste.Left); x < Math.Min(paste.TargetWidth, _width - paste.Left); x++)
        {
            int opacity = alphas[x] == 0 ? 0 : Opacity(paste, x, y);
            if (opacity == 0)
            {
                continue;
            }

            byte* at = _picture + (((long)pictureRow * _width) + paste.Left + x) * 3;
            int left = (taps[x] >> 8) * Composite.PixelBytes;
            int right = Math.Min((taps[x] >> 8) + 1, paste.Width - 1) * Composite.PixelBytes;
            byte* above = _cutouts + upper;
            byte* below = _cutouts + lower;
            Mix(at, above + left, above + right, below + left, below + right, taps[x] & 255, down, alphas[x], opacity);
        }
    }

    // Fits: 255 * 255 * 2^16 + 2^15 is below 2^32.
    private static void Mix(
        byte* at, byte* upperLeft, byte* upperRight, byte* lowerLeft, byte* lowerRight, int across, int down,
        int alpha, int opacity)
    {
        uint a = (uint)(upperLeft[3] * (256 - across) * (256 - down));
        uint b = (uint)(upperRight[3] * across * (256 - down));
        uint c = (uint)(lowerLeft[3] * (256 - across) * down);
        uint d = (uint)(lowerRight[3] * across * down);
        for (int channel = 0; channel < 3; channel++)
        {
            uint sum = (a * upperLeft[channel]) + (b * upperRight[channel])
                + (c * lowerLeft[channel]) + (d * lowerRight[channel]);
            uint colour = (sum + 32_768) >> 16;
            uint mixed = (colour * (uint)opacity) + (at[channel] * (uint)((255 * 256) - (alpha * opacity)));
            at[channel] = (byte)((mixed + (255 * 128)) / (255 * 256));
        }
    }

    private int Opacity(in PasteRow paste, int x, int y)
    {
        if (paste.Feather == 0)
        {
            return paste.Opacity;
        }

        int nearest = (paste.Feather + 1) * (paste.Feather + 1);
        for (int dy = -paste.Feather; dy <= paste.Feather; dy++)
        {
            bool within = y + dy >= 0 && y + dy < paste.TargetHeight;
            int across = within ? _distances[paste.Plane + ((y + dy) * paste.TargetWidth) + x] : 0;
            nearest = Math.Min(nearest, (dy * dy) + (across * across));
        }

        return ((paste.Opacity * _plan.Values[paste.Fades + nearest]) + 128) >> 8;
    }
}
