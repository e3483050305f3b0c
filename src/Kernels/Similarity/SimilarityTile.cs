using Kernels.Device;

namespace Kernels.Similarity;

/// <summary>How a device cuts the similarity kernel up: what the source is compiled with.</summary>
/// <param name="Name">Its name in files made ahead.</param>
/// <param name="Vector">Rows a vector, VEC.</param>
/// <param name="Vectors">Vectors a work-item, RV.</param>
/// <param name="ItemQueries">Queries a work-item, WB.</param>
/// <param name="ItemRows">Work-items along the queries, LY.</param>
/// <param name="Passes">How often a work-item goes through its rows, each time with other queries, PASSES.</param>
/// <param name="MergeItems">Work-items of a merge, MERGE.</param>
/// <param name="List">Most neighbours, LIST.</param>
/// <param name="Tensor">Whether it is the tensor-core kernel.</param>
internal sealed record SimilarityTile(
    string Name, int Vector, int Vectors, int ItemQueries, int ItemRows, int Passes, int MergeItems, int List,
    bool Tensor)
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Similarity/Similarity.cl";

    /// <summary>Queries a group.</summary>
    public int Queries => ItemQueries * ItemRows * Passes;

    /// <summary>Rows that a group takes in one step.</summary>
    public int Rows => Tensor ? 2 * RowBlocks.BlockRows : RowBlocks.BlockRows;

    /// <summary>Work-items of a group.</summary>
    public (int X, int Y, int Z) GroupSize =>
        Tensor ? (64, 1, 1) : (RowBlocks.BlockRows / (Vector * Vectors), ItemRows, 1);

    /// <summary>The tile for a batch.</summary>
    /// <param name="wide">Whether the device is a processor.</param>
    /// <param name="tensor">Whether to use the tensor-core kernel.</param>
    /// <param name="queries">B.</param>
    /// <param name="neighbours">k.</param>
    /// <remarks>A processor of 512-bit vectors has 32 registers: 4 x 4 sums and what they
    /// are made of; it goes through a tile that is in its cache eight times rather than have LY above 1, which PoCL
    /// compiles to code 3 times as slow. A GPU has
    /// too much to compute with eight queries for one that is asked, and is bound by memory all the same.</remarks>
    public static SimilarityTile For(bool wide, bool tensor, int queries, int neighbours)
    {
        if (tensor)
        {
            int list = neighbours <= 16 ? 16 : ISimilarity.NeighboursMax;
            return new($"Tensor{list}", 1, 1, 32, 1, 1, wide ? 1 : 64, list, Tensor: true);
        }

        return (wide, queries) switch
        {
            (true, < 4) => new("WideFew", 16, 4, 1, 1, 1, 1, ISimilarity.NeighboursMax, Tensor: false),
            (true, _) => new("WideMany", 16, 4, 4, 1, 8, 1, ISimilarity.NeighboursMax, Tensor: false),
            (false, <= 8) => new("Few", 1, 1, 8, 1, 1, 64, ISimilarity.NeighboursMax, Tensor: false),
            (false, _) => new("Many", 2, 1, 8, 4, 1, 64, ISimilarity.NeighboursMax, Tensor: false),
        };
    }

    /// <summary>The kernel that searches.</summary>
    /// <param name="type">How the rows are stored.</param>
    public string Entry(RowType type) => Tensor ? "similarity_mma" : type switch
    {
        RowType.F32 => "similarity_f32",
        RowType.F16 => "similarity_f16",
        _ => "similarity_i8",
    };

    /// <summary>The source with this tile.</summary>
    /// <param name="type">How the rows are stored.</param>
    public KernelSource Source(RowType type) => KernelSource.Embedded(
        SourceName, $"{type}{Name}",
        [
            new("TYPE", (int)type), new("LIST", List), new("VEC", Vector), new("RV", Vectors), new("WB", ItemQueries),
            new("LY", ItemRows), new("PASSES", Passes), new("MERGE", MergeItems), new("TENSOR", Tensor ? 1 : 0),
        ]);
}
