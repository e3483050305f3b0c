using System.Runtime.Intrinsics;

namespace Kernels.Masks;

/// <content>The disc on packed rows: a row is widened a pixel at a time, and each width is laid on the rows of the disc
/// that are that wide. Erosion is the dilation of what is not set.</content>
internal sealed unsafe partial class CpuMaskPicture
{
    private const int VectorWords = 16;

    private uint[] _spread = [];
    private uint[] _now = [];
    private uint[] _next = [];

    private void Spread(Span<uint> bits, int width, int height, int radius, bool erode)
    {
        int words = MaskBits.Words(width);
        int stride = (words + VectorWords - 1) / VectorWords * VectorWords;
        Grow(ref _spread, height * stride);
        Grow(ref _now, stride + (2 * VectorWords)); // a vector of zeros before and behind
        Grow(ref _next, stride + (2 * VectorWords));
        Span<uint> reached = _spread.AsSpan(0, height * stride);
        reached.Clear();
        uint last = MaskBits.LastWord(width);
        for (int y = 0; y < height; y++)
        {
            _now.AsSpan().Clear();
            _next.AsSpan().Clear();
            Span<uint> now = _now.AsSpan(VectorWords, words);
            bits.Slice(y * words, words).CopyTo(now);
            if (erode)
            {
                Complement(now, last);
            }

            if (now.ContainsAnyExcept(0u))
            {
                Lay(reached, y, height, stride, radius);
            }
        }

        for (int y = 0; y < height; y++)
        {
            Span<uint> row = bits.Slice(y * words, words);
            ReadOnlySpan<uint> over = reached.Slice(y * stride, words);
            for (int i = 0; i < words; i++)
            {
                row[i] = erode ? row[i] & ~over[i] : over[i];
            }

            row[^1] &= last;
        }
    }

    private static void Complement(Span<uint> row, uint last)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = ~row[i];
        }

        row[^1] &= last;
    }

    // The disc's rows get wider towards its middle, so one walk over the widths, 0 to r, meets them in order.
    private void Lay(Span<uint> reached, int y, int height, int stride, int radius)
    {
        int dy = radius;
        for (int across = 0; across <= radius; across++)
        {
            if (across > 0)
            {
                WidenByOne(_now, _next, stride);
                (_now, _next) = (_next, _now);
            }

            ReadOnlySpan<uint> now = _now.AsSpan(VectorWords, stride);
            for (; dy >= 0 && (int)Math.Sqrt((radius * radius) - (dy * dy)) == across; dy--)
            {
                if (y - dy >= 0)
                {
                    Or(reached.Slice((y - dy) * stride, stride), now);
                }

                if (dy > 0 && y + dy < height)
                {
                    Or(reached.Slice((y + dy) * stride, stride), now);
                }
            }
        }
    }

    private static void WidenByOne(uint[] from, uint[] to, int stride)
    {
        fixed (uint* source = from, target = to)
        {
            for (int i = VectorWords; i < VectorWords + stride; i += VectorWords)
            {
                Vector512<uint> at = Vector512.Load(source + i);
                Vector512<uint> left = (at << 1) | (Vector512.Load(source + i - 1) >>> 31);
                Vector512<uint> right = (at >>> 1) | (Vector512.Load(source + i + 1) << 31);
                (at | left | right).Store(target + i);
            }
        }
    }

    private static void Or(Span<uint> to, ReadOnlySpan<uint> from)
    {
        fixed (uint* target = to, source = from)
        {
            for (int i = 0; i < to.Length; i += VectorWords)
            {
                (Vector512.Load(target + i) | Vector512.Load(source + i)).Store(target + i);
            }
        }
    }
}
