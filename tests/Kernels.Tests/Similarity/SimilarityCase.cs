using FsCheck;
using FsCheck.Fluent;
using Kernels.Similarity;

namespace Kernels.Tests.Similarity;

/// <summary>A search with everything that it is made from.</summary>
/// <param name="Queries">B.</param>
/// <param name="Rows">N.</param>
/// <param name="Width">D.</param>
/// <param name="Neighbours">k.</param>
/// <param name="Type">How rows are stored.</param>
/// <param name="Seed">Makes the values.</param>
public sealed record SimilarityCase(int Queries, int Rows, int Width, int Neighbours, RowType Type, int Seed)
{
    /// <summary>The first row that may be found.</summary>
    public int First { get; init; }

    /// <summary>How many from there on; null for all.</summary>
    public int? Count { get; init; }

    /// <summary>Bits of categories; empty for all. Rows have categories 0 to 40.</summary>
    public IReadOnlyList<uint> Categories { get; init; } = [];

    /// <summary>One row in so many is a copy of another, so that scores are equal; 0 for none.</summary>
    public int CopyEvery { get; init; }

    /// <summary>The filter.</summary>
    public RowFilter Filter => new() { First = First, Count = Count, Categories = Categories.ToArray() };

    /// <summary>Cases of all types, with sizes on both sides of the blocks' edges and every kind of filter.</summary>
    public static Arbitrary<SimilarityCase> Any(IReadOnlyList<RowType> types) => Arb.From(
        from sizes in Sizes()
        from type in Gen.Elements(types.AsEnumerable())
        from neighbours in Gen.Frequency((3, Gen.Choose(1, 12)), (1, Gen.Choose(13, ISimilarity.NeighboursMax)))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from range in Gen.Choose(0, 2)
        from first in Gen.Choose(0, sizes.Rows)
        from count in Gen.Choose(0, sizes.Rows - first)
        from words in Gen.Elements<uint[]>([], [], [0], [0xAAAAAAAA], [1, 0x80], [0xFFFFFFFF, 0xFFFFFFFF])
        from copyEvery in Gen.Elements(0, 0, 2, 5)
        select new SimilarityCase(sizes.Queries, sizes.Rows, sizes.Width, neighbours, type, seed)
        {
            First = range == 0 ? 0 : first,
            Count = range == 2 ? count : null,
            Categories = words,
            CopyEvery = copyEvery,
        });

    /// <summary>Queries of length 1, [B, D].</summary>
    public float[] MakeQueries() => UnitRows(Queries, new Random(Seed));

    /// <summary>Packed rows of length 1, one in seven of 0; the caller disposes them.</summary>
    public SimilarityRows MakeRows()
    {
        Random random = new(Seed + 1);
        float[] rows = UnitRows(Rows, random);
        for (int row = 1; row < Rows; row++)
        {
            Span<float> values = rows.AsSpan(row * Width, Width);
            if (CopyEvery > 0 && row % CopyEvery == 0)
            {
                rows.AsSpan(random.Next(row) * Width, Width).CopyTo(values);
            }
            else if (row % 7 == 3)
            {
                values.Clear();
            }
        }

        int[] categories = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(41))];
        return SimilarityRows.Pack(rows, Width, Type, categories);
    }

    private static Gen<(int Queries, int Rows, int Width)> Sizes() =>
        from queries in Gen.Choose(1, 40)
        from rows in Gen.OneOf(Gen.Choose(1, 400), Gen.Elements(1, 63, 64, 65, 127, 128, 129, 191, 192, 193, 256))
        from width in Gen.OneOf(Gen.Choose(1, 70), Gen.Elements(1, 15, 16, 17, 31, 32, 33))
        select (queries, rows, width);

    private float[] UnitRows(int count, Random random)
    {
        float[] values = new float[count * Width];
        for (int row = 0; row < count; row++)
        {
            Span<float> some = values.AsSpan(row * Width, Width);
            double squares = 0;
            foreach (ref float value in some)
            {
                value = (float)((random.NextDouble() * 2) - 1);
                squares += value * value;
            }

            foreach (ref float value in some)
            {
                value = (float)(value / Math.Sqrt(squares));
            }
        }

        return values;
    }
}
