namespace Kernels.Masks;

/// <summary>The mask chain as its definition says it, pixel by pixel: what the others are held to. Slow.</summary>
public sealed class MaskChainReference : IMaskChain
{
    private const int Unseen = -1;

    /// <inheritdoc/>
    public void Run(
        ReadOnlySpan<float> logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight,
        Span<uint> bits, Span<MaskRecord> records)
    {
        MaskChain.Check(
            logits.Length, width, height, options, targetWidth, targetHeight, bits.Length, records.Length);
        int words = targetHeight * MaskBits.Words(targetWidth);
        for (int i = 0; i < records.Length; i++)
        {
            float[] picture = logits.Slice(i * width * height, width * height).ToArray();
            Span<uint> packed = bits.Slice(i * words, words);
            packed.Clear();
            records[i] = new MaskRecord { Faults = MaskFaults.NotFinite };
            if (Array.TrueForAll(picture, float.IsFinite))
            {
                byte[] mask = Cut(picture, width, height, options, targetWidth, targetHeight);
                mask = Spread(mask, targetWidth, targetHeight, options.ErodePx);
                records[i] = Clean(mask, targetWidth, targetHeight, options);
                MaskBits.Pack(mask, targetWidth, targetHeight, packed);
            }
        }
    }

    /// <summary>Nothing.</summary>
    public void Dispose()
    {
    }

    private static byte[] Cut(
        float[] logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight)
    {
        byte[] mask = new byte[targetWidth * targetHeight];
        for (int i = 0; i < mask.Length; i++)
        {
            (int left, float across) = MaskTaps.Tap(i % targetWidth, width, targetWidth);
            (int top, float down) = MaskTaps.Tap(i / targetWidth, height, targetHeight);
            float upper = Between(logits.AsSpan(top * width, width), left, across);
            float lower = Between(logits.AsSpan(Math.Min(top + 1, height - 1) * width, width), left, across);
            float value = MathF.FusedMultiplyAdd(down, lower - upper, upper);
            mask[i] = value > options.Threshold != options.Invert ? (byte)1 : (byte)0;
        }

        return mask;
    }

    private static float Between(ReadOnlySpan<float> row, int left, float weight) => MathF.FusedMultiplyAdd(
        weight, row[Math.Min(left + 1, row.Length - 1)] - row[left], row[left]);

    private static byte[] Spread(byte[] mask, int width, int height, int erodePx)
    {
        byte spread = erodePx > 0 ? (byte)0 : (byte)1;
        long radius = Math.Abs(erodePx);
        byte[] result = [.. mask];
        for (int at = 0; radius > 0 && at < mask.Length; at++)
        {
            (int y, int x) = Math.DivRem(at, width);
            for (int v = (int)Math.Max(0, y - radius); v <= Math.Min(height - 1, y + radius); v++)
            {
                for (int u = (int)Math.Max(0, x - radius); u <= Math.Min(width - 1, x + radius); u++)
                {
                    bool within = ((u - x) * (u - x)) + ((v - y) * (v - y)) <= radius * radius;
                    result[at] = within && mask[(v * width) + u] == spread ? spread : result[at];
                }
            }
        }

        return result;
    }

    private static MaskRecord Clean(byte[] mask, int width, int height, MaskChainOptions options)
    {
        List<List<int>> parts = Parts(mask, width, height, value: 1);
        if (options.LargestOnly)
        {
            List<int>? largest = parts.MaxBy(part => part.Count); // The first of the largest.
            foreach (int at in parts.Where(part => part != largest).SelectMany(part => part))
            {
                mask[at] = 0;
            }
        }

        int holes = 0;
        foreach (List<int> part in options.FillHoles ? Parts(mask, width, height, value: 0) : [])
        {
            if (!part.Exists(at => OnBorder(at, width, height)))
            {
                part.ForEach(at => mask[at] = 1);
                holes += part.Count;
            }
        }

        MaskMeasures of = MaskMeasures.Of(mask, width, height);
        return new MaskRecord(
            of.AreaPx, of.Left, of.Top, of.Width, of.Height, of.TopPx, of.BottomPx, of.LeftPx, of.RightPx,
            parts.Count, holes, MaskFaults.None);
    }

    // In the order of their first pixels. Objects are 8-connected, background is 4-connected.
    private static List<List<int>> Parts(byte[] mask, int width, int height, byte value)
    {
        int[] seen = new int[mask.Length];
        Array.Fill(seen, Unseen);
        List<List<int>> parts = [];
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] != value || seen[start] != Unseen)
            {
                continue;
            }

            List<int> part = [start];
            seen[start] = parts.Count;
            for (int next = 0; next < part.Count; next++)
            {
                foreach (int near in Neighbours(part[next], width, height, diagonal: value == 1))
                {
                    if (mask[near] == value && seen[near] == Unseen)
                    {
                        seen[near] = parts.Count;
                        part.Add(near);
                    }
                }
            }

            parts.Add(part);
        }

        return parts;
    }

    private static IEnumerable<int> Neighbours(int at, int width, int height, bool diagonal)
    {
        (int y, int x) = Math.DivRem(at, width);
        for (int v = Math.Max(0, y - 1); v <= Math.Min(height - 1, y + 1); v++)
        {
            for (int u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++)
            {
                if ((u, v) != (x, y) && (diagonal || u == x || v == y))
                {
                    yield return (v * width) + u;
                }
            }
        }
    }

    private static bool OnBorder(int at, int width, int height) =>
        at % width == 0 || at % width == width - 1 || at < width || at >= width * (height - 1);
}
