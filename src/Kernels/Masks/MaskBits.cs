using System.Numerics;

namespace Kernels.Masks;

/// <summary>Packed masks: 32 pixels a word, the lowest bit leftmost, a row padded to whole words with zeros.</summary>
public static class MaskBits
{
    /// <summary>Pixels of a word.</summary>
    public const int PerWord = 32;

    /// <summary>Words of a row.</summary>
    /// <param name="width">Columns, 1 or more.</param>
    public static int Words(int width) => (width + PerWord - 1) / PerWord;

    /// <summary>The bits of a row's last word that are pixels.</summary>
    /// <param name="width">Columns, 1 or more.</param>
    public static uint LastWord(int width) => uint.MaxValue >> ((PerWord - (width % PerWord)) % PerWord);

    /// <summary>Packs a mask.</summary>
    /// <param name="mask">[height, width] bytes, row-major; 0 is background, all else is object.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="bits">Receives [height, ceil(width / 32)] words.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">A length does not fit the sides.</exception>
    public static void Pack(ReadOnlySpan<byte> mask, int width, int height, Span<uint> bits)
    {
        MaskShape.Check(mask.Length, width, height, nameof(mask));
        MaskShape.Check(bits.Length, Words(width), height, nameof(bits));
        bits.Clear();
        for (int y = 0; y < height; y++)
        {
            Span<uint> row = bits.Slice(y * Words(width), Words(width));
            for (int x = 0; x < width; x++)
            {
                row[x / PerWord] |= mask[(y * width) + x] == 0 ? 0 : 1u << (x % PerWord);
            }
        }
    }

    /// <summary>Unpacks a mask.</summary>
    /// <param name="bits">[height, ceil(width / 32)] words.</param>
    /// <param name="width">Columns, 1 or more.</param>
    /// <param name="height">Rows, 1 or more.</param>
    /// <param name="mask">Receives [height, width] bytes, 0 or 1, row-major.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    /// <exception cref="ArgumentException">A length does not fit the sides.</exception>
    public static void Unpack(ReadOnlySpan<uint> bits, int width, int height, Span<byte> mask)
    {
        MaskShape.Check(mask.Length, width, height, nameof(mask));
        MaskShape.Check(bits.Length, Words(width), height, nameof(bits));
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<uint> row = bits.Slice(y * Words(width), Words(width));
            for (int x = 0; x < width; x++)
            {
                mask[(y * width) + x] = (byte)((row[x / PerWord] >> (x % PerWord)) & 1);
            }
        }
    }

    /// <summary>Pixels set and the smallest box that holds them; all 0 for an empty mask.</summary>
    internal static (int AreaPx, int Left, int Top, int Width, int Height) Box(ReadOnlySpan<uint> bits, int words)
    {
        (int area, int left, int right, int top, int bottom) = (0, int.MaxValue, -1, int.MaxValue, -1);
        for (int i = bits.IndexOfAnyExcept(0u); i >= 0 && i < bits.Length; i++)
        {
            if (bits[i] != 0)
            {
                (int y, int column) = Math.DivRem(i, words);
                area += BitOperations.PopCount(bits[i]);
                left = Math.Min(left, (column * PerWord) + BitOperations.TrailingZeroCount(bits[i]));
                right = Math.Max(right, (column * PerWord) + BitOperations.Log2(bits[i]));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        return area == 0 ? default : (area, left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Sets the pixels of a row from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    internal static void Set(Span<uint> row, int first, int end)
    {
        for (int word = first / PerWord; word * PerWord < end; word++)
        {
            row[word] |= Within(word, first, end);
        }
    }

    /// <summary>Clears the pixels of a row from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    internal static void Clear(Span<uint> row, int first, int end)
    {
        for (int word = first / PerWord; word * PerWord < end; word++)
        {
            row[word] &= ~Within(word, first, end);
        }
    }

    private static uint Within(int word, int first, int end)
    {
        int low = Math.Max(0, first - (word * PerWord));
        int high = Math.Min(PerWord, end - (word * PerWord));
        return (uint.MaxValue >> (PerWord - (high - low))) << low;
    }
}
