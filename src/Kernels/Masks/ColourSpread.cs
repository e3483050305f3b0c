// ColourSpread: how far the colours outside a mask lie from their median: is the background plain?
//
// Shapes   pixels [h, w, 3] bytes RGB, row-major; mask [h, w] bytes, 0 or 1.
// Measure  of each channel the median m of the pixels outside the mask and the smallest d such that at least a stated
//          part of them lies within m - d to m + d; the largest d of the three channels, in 0 to 255 units. A quantile
//          and not a standard deviation, so that a few specks or a missed part of the object do not decide.
// Work     one read of both (4 B a pixel) into 3 histograms of 256 bins on the stack; then 768 bins. 0 B allocated.
// Measured 512x512: 0.39 ms; 1024x1024: 1.1 ms; 0 B allocated.
//          Two cores of an AMD EPYC VM that other work shared, .NET 10; bench/Kernels.Bench/MaskBench.cs, --job short.
// Equals   numpy sort-based reference in the tests, exactly: all of it is integers.
namespace Kernels.Masks;

/// <summary>Measures how plain a background is.</summary>
public static class ColourSpread
{
    /// <summary>The spread of the colours outside a mask.</summary>
    /// <param name="pixels">[n, 3] bytes RGB.</param>
    /// <param name="mask">[n] bytes; a pixel counts where it is 0.</param>
    /// <param name="part">The part of the pixels that must lie within the spread, above 0 to 1.</param>
    /// <returns>The spread, 0 to 255; 0 when no pixel lies outside the mask.</returns>
    /// <exception cref="ArgumentException">The pixels are not 3 times the mask's length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part is not above 0 and at most 1.</exception>
    public static int Outside(ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> mask, double part)
    {
        if (pixels.Length != 3L * mask.Length)
        {
            throw new ArgumentException($"pixels has {pixels.Length} values; the mask needs {3L * mask.Length}.");
        }

        if (!(part > 0 && part <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, "It must be above 0 and at most 1.");
        }

        Span<int> counts = stackalloc int[3 * 256];
        counts.Clear();
        int total = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0)
            {
                total++;
                counts[pixels[3 * i]]++;
                counts[256 + pixels[(3 * i) + 1]]++;
                counts[512 + pixels[(3 * i) + 2]]++;
            }
        }

        int needed = (int)Math.Ceiling(part * total);
        int spread = 0;
        for (int channel = 0; total > 0 && channel < 3; channel++)
        {
            spread = Math.Max(spread, Spread(counts.Slice(channel * 256, 256), total, needed));
        }

        return spread;
    }

    private static int Spread(ReadOnlySpan<int> counts, int total, int needed)
    {
        int median = 0;
        for (int below = counts[0]; 2L * below < total; below += counts[median])
        {
            median++;
        }

        int within = counts[median];
        int distance = 0;
        while (within < needed)
        {
            distance++;
            within += median - distance >= 0 ? counts[median - distance] : 0;
            within += median + distance <= 255 ? counts[median + distance] : 0;
        }

        return distance;
    }
}
