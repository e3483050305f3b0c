using Engine.Index;
using Kernels.Similarity;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>A small index of random unit rows, by a seed.</summary>
internal sealed record TestIndex(int Width, RowType Type, params int[] Counts)
{
    public int Rows => Counts.Sum();

    public float[] Values { get; } = UnitRows.Of(Counts.Sum(), Width, seed: 11);

    public IndexInfo Info => new(
        "model-1", "none", "test", Categories(), new Dictionary<string, long> { ["small"] = 3 });

    public string Id(int row) => $"annotation {row} of pïcture {row / 2}.jpg";

    public void Write(string path) => IndexWriter.Write(
        path, Info, Width, Type, (first, rows) => Values.AsSpan(first * Width, rows.Length).CopyTo(rows),
        [.. Enumerable.Range(0, Rows).Select(Id)], CancellationToken.None);

    private List<IndexCategory> Categories()
    {
        List<IndexCategory> categories = [];
        for (int i = 0, first = 0; i < Counts.Length; first += Counts[i++])
        {
            categories.Add(new IndexCategory(100 + i, $"thing_{i}", i == 0 ? "r" : null, first, Counts[i]));
        }

        return categories;
    }
}
