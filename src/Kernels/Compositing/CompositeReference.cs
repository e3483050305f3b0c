using Kernels.Masks;

namespace Kernels.Compositing;

/// <summary>The composite as its definition says it, pixel by pixel: what the others are held to. Slow.</summary>
public sealed class CompositeReference : IComposite
{
    /// <inheritdoc/>
    public void Run(
        Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutouts, ReadOnlySpan<Paste> pastes,
        ReadOnlySpan<uint> objects, Span<uint> bits, Span<CompositeRecord> records)
    {
        Composite.Check(
            picture.Length, width, height, cutouts.Length, pastes, objects.Length, bits.Length, records.Length);
        int plane = height * MaskBits.Words(width);
        List<byte[]> masks = [];
        for (int i = 0; i < objects.Length / plane; i++)
        {
            masks.Add(new byte[width * height]);
            MaskBits.Unpack(objects.Slice(i * plane, plane), width, height, masks[^1]);
        }

        foreach (Paste paste in pastes)
        {
            masks.Add(Lay(picture, width, height, cutouts[(paste.Offset * Composite.PixelBytes)..], paste));
        }

        byte[] covered = new byte[width * height];
        for (int i = masks.Count - 1; i >= 0; i--)
        {
            MaskMeasures whole = MaskMeasures.Of(masks[i], width, height);
            for (int at = 0; at < covered.Length; at++)
            {
                (masks[i][at], covered[at]) =
                    ((byte)(masks[i][at] & ~covered[at]), (byte)(covered[at] | masks[i][at]));
            }

            MaskMeasures seen = MaskMeasures.Of(masks[i], width, height);
            MaskBits.Pack(masks[i], width, height, bits.Slice(i * plane, plane));
            records[i] = new CompositeRecord(
                seen.AreaPx, seen.Left, seen.Top, seen.Width, seen.Height,
                whole.AreaPx, whole.Left, whole.Top, whole.Width, whole.Height);
        }
    }

    /// <summary>Nothing.</summary>
    public void Dispose()
    {
    }

    private static byte[] Lay(Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutout, in Paste paste)
    {
        byte[] mask = new byte[width * height];
        for (int y = Math.Max(0, -paste.Top); y < Math.Min(paste.TargetHeight, height - paste.Top); y++)
        {
            for (int x = Math.Max(0, -paste.Left); x < Math.Min(paste.TargetWidth, width - paste.Left); x++)
            {
                int at = ((y + paste.Top) * width) + x + paste.Left;
                int alpha = Sample(cutout, paste, x, y, channel: 3);
                int opacity = ((paste.Opacity * Fade(cutout, paste, x, y)) + 128) >> 8;
                for (int channel = 0; channel < 3; channel++)
                {
                    int colour = Sample(cutout, paste, x, y, channel);
                    ref byte under = ref picture[(3 * at) + channel];
                    int mixed = (colour * opacity) + (under * ((255 * 256) - (alpha * opacity)));
                    under = (byte)((mixed + (255 * 128)) / (255 * 256));
                }

                mask[at] = alpha >= Composite.SolidMin ? (byte)1 : (byte)0;
            }
        }

        return mask;
    }

    // Channel 3 is alpha, 0 to 255; a colour is weighted by alpha, 0 to 255 * 255. Rounded to the nearest.
    private static int Sample(ReadOnlySpan<byte> cutout, in Paste paste, int x, int y, int channel)
    {
        int column = PastePlan.Tap(x, paste.Width, paste.TargetWidth, paste.Mirrored);
        int row = PastePlan.Tap(y, paste.Height, paste.TargetHeight, mirrored: false);
        long sum = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            (int right, int below) = (corner & 1, corner >> 1);
            int u = Math.Min((column >> 8) + right, paste.Width - 1);
            int v = Math.Min((row >> 8) + below, paste.Height - 1);
            ReadOnlySpan<byte> pixel = cutout.Slice(((v * paste.Width) + u) * Composite.PixelBytes, 4);
            long across = right == 1 ? column & 255 : 256 - (column & 255);
            long down = below == 1 ? row & 255 : 256 - (row & 255);
            sum += across * down * pixel[3] * (channel == 3 ? 1 : pixel[channel]);
        }

        return (int)((sum + 32_768) >> 16);
    }

    private static int Fade(ReadOnlySpan<byte> cutout, in Paste paste, int x, int y)
    {
        int feather = paste.FeatherPx;
        int nearest = (feather + 1) * (feather + 1);
        for (int dy = -feather; dy <= feather; dy++)
        {
            for (int dx = -feather; dx <= feather; dx++)
            {
                (int u, int v) = (x + dx, y + dy);
                bool within = u >= 0 && v >= 0 && u < paste.TargetWidth && v < paste.TargetHeight;
                if (feather > 0 && (!within || Sample(cutout, paste, u, v, channel: 3) < Composite.SolidMin))
                {
                    nearest = Math.Min(nearest, (dx * dx) + (dy * dy));
                }
            }
        }

        return PastePlan.Fade(nearest, feather);
    }
}
