namespace Kernels.Tests.Masks;

/// <summary>The naive truth for the mask kernels: slow, plain, pixel by pixel.</summary>
internal static class MaskReference
{
    public static byte[] Spread(TestMask mask, int radius, byte spread) =>
        TestMask.Of(mask.Width, mask.Height, (x, y) =>
        {
            bool met = false;
            for (int v = Math.Max(0, y - radius); v <= Math.Min(mask.Height - 1, y + radius); v++)
            {
                for (int u = Math.Max(0, x - radius); u <= Math.Min(mask.Width - 1, x + radius); u++)
                {
                    bool within = ((u - x) * (u - x)) + ((v - y) * (v - y)) <= radius * radius;
                    met |= within && mask[u, v] == spread;
                }
            }

            return met == (spread == 1);
        }).Values;

    /// <summary>Names each pixel of a value by its part, in order of the parts' first pixels; others -1.</summary>
    public static int[] Label(TestMask mask, byte value, bool diagonal)
    {
        int[] labels = new int[mask.Values.Length];
        Array.Fill(labels, -1);
        int next = 0;
        for (int start = 0; start < labels.Length; start++)
        {
            if (mask.Values[start] != value || labels[start] >= 0)
            {
                continue;
            }

            Stack<int> open = new([start]);
            labels[start] = next;
            while (open.TryPop(out int at))
            {
                foreach (int near in Neighbours(mask, at, diagonal))
                {
                    if (mask.Values[near] == value && labels[near] < 0)
                    {
                        labels[near] = next;
                        open.Push(near);
                    }
                }
            }

            next++;
        }

        return labels;
    }

    public static byte[] Largest(TestMask mask)
    {
        int[] labels = Label(mask, value: 1, diagonal: true);
        var groups = labels.Where(label => label >= 0).GroupBy(label => label).ToArray();
        int largest = groups.Length == 0 ? -2 : groups.MaxBy(group => (group.Count(), -group.Key))!.Key;
        return [.. labels.Select(label => label == largest ? (byte)1 : (byte)0)];
    }

    public static byte[] Large(TestMask mask, double share)
    {
        int[] labels = Label(mask, value: 1, diagonal: true);
        var areas = labels.Where(label => label >= 0).GroupBy(label => label)
            .ToDictionary(at => at.Key, at => at.Count());
        return [.. labels.Select(label =>
            label >= 0 && areas[label] >= share * areas.Values.Max() ? (byte)1 : (byte)0)];
    }

    public static byte[] FilledUpTo(TestMask mask, int areaMax)
    {
        byte[] all = Filled(mask);
        int[] labels = Label(mask, value: 0, diagonal: false);
        var areas = labels.GroupBy(label => label).ToDictionary(at => at.Key, at => at.Count());
        return [.. labels.Select((label, i) => label >= 0 && areas[label] > areaMax ? (byte)0 : all[i])];
    }

    public static byte[] Filled(TestMask mask)
    {
        int[] labels = Label(mask, value: 0, diagonal: false);
        HashSet<int> open = [];
        for (int i = 0; i < labels.Length; i++)
        {
            (int x, int y) = (i % mask.Width, i / mask.Width);
            if (x == 0 || y == 0 || x == mask.Width - 1 || y == mask.Height - 1)
            {
                open.Add(labels[i]);
            }
        }

        return [.. labels.Select(label => label >= 0 && open.Contains(label) ? (byte)0 : (byte)1)];
    }

    /// <summary>Half-pixel bilinear interpolation, four taps a value, f64.</summary>
    public static double[] Upsample(float[] source, int width, int height, int targetWidth, int targetHeight)
    {
        double[] target = new double[targetWidth * targetHeight];
        for (int i = 0; i < target.Length; i++)
        {
            double x = Math.Clamp((((i % targetWidth) + 0.5) * width / targetWidth) - 0.5, 0, width - 1);
            double y = Math.Clamp((((i / targetWidth) + 0.5) * height / targetHeight) - 0.5, 0, height - 1);
            (int left, int top) = ((int)Math.Floor(x), (int)Math.Floor(y));
            (int right, int bottom) = (Math.Min(left + 1, width - 1), Math.Min(top + 1, height - 1));
            (double u, double v) = (x - left, y - top);
            double upper = ((1 - u) * source[(top * width) + left]) + (u * source[(top * width) + right]);
            double lower = ((1 - u) * source[(bottom * width) + left]) + (u * source[(bottom * width) + right]);
            target[i] = ((1 - v) * upper) + (v * lower);
        }

        return target;
    }

    private static IEnumerable<int> Neighbours(TestMask mask, int at, bool diagonal)
    {
        (int x, int y) = (at % mask.Width, at / mask.Width);
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                bool counts = (dx, dy) != (0, 0) && (diagonal || dx == 0 || dy == 0);
                if (counts && x + dx >= 0 && y + dy >= 0 && x + dx < mask.Width && y + dy < mask.Height)
                {
                    yield return ((y + dy) * mask.Width) + x + dx;
                }
            }
        }
    }
}
