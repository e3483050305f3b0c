using Kernels.Device;

namespace Kernels.Similarity;

/// <summary>How a device cuts the similarity kernel up: what the source is compiled with.</summary>
/// <param name="Name">Its name in files made ahead.</param>
/// <param name="Kind">Which of the kernels.</param>
/// <param name="Vector">Rows a vector, VEC.</param>
/// <param name="Vectors">Vectors a work-item, RV.</param>
/// <param name="ItemQueries">Queries a work-item, WB.</param>
/// <param name="ItemRows">Work-items along the queries, LY.</param>
/// <param name="Passes">How often a work-item goes through its rows, each time with other queries, PASSES.</param>
/// <param name="MergeItems">Work-items of a merge, MERGE.</param>
/// <param name="List">Most neighbours, LIST.</param>
/// <param name="UnitGroups">Groups for each compute unit: enough to fill it, few enough that each split sees many rows,
/// as lists fill anew in each.</param>
internal sealed record SimilarityTile(
    string Name, SimilarityTile.Kernel Kind, int Vector, int Vectors, int ItemQueries, int ItemRows, int Passes,
    int MergeItems, int List, int UnitGroups)
{
    private const string Shared = "Similarity/Similarity.cl"; // What stands before each kernel's own file.
    private const int AllNeighbours = ISimilarity.NeighboursMax;

    /// <summary>The kernels; each is in a file of its name.</summary>
    internal enum Kernel
    {
        /// <summary>Rows and queries in registers, no barrier between.</summary>
        Vector,

        /// <summary>Tensor cores, f16 only.</summary>
        Tensor,

        /// <summary>Few queries on a GPU: as many bytes under way as its memory wants.</summary>
        Streamed,
    }

    /// <summary>Queries a group.</summary>
    public int Queries => ItemQueries * ItemRows * Passes;

    /// <summary>Rows that a group takes in one step.</summary>
    public int Rows => Kind == Kernel.Tensor ? 2 * RowBlocks.BlockRows : RowBlocks.BlockRows;

    /// <summary>Room for candidates of a query in a step: all rows, where local memory is not short.</summary>
    public int Room => Kind == Kernel.Tensor ? 32 : Rows;

    /// <summary>Work-items of a group.</summary>
    public (int X, int Y, int Z) GroupSize => Kind switch
    {
        Kernel.Tensor => (64, 1, 1),
        Kernel.Streamed => (128, 1, 1),
        _ => (RowBlocks.BlockRows / (Vector * Vectors), ItemRows, 1),
    };

    /// <summary>The tile for a batch.</summary>
    /// <param name="wide">Whether the device is a processor.</param>
    /// <param name="tensor">Whether to use the tensor-core kernel.</param>
    /// <param name="queries">B.</param>
    /// <param name="neighbours">k.</param>
    /// <remarks>A processor of 512-bit vectors has 32 registers: 4 x 4 sums and what they
    /// are made of; it goes through a tile that is in its cache eight times rather than have LY above 1, which PoCL
    /// compiles to code 3 times as slow. What a GPU does with few queries is bound by memory, so it streams; with
    /// tensor cores and more than 32 queries a group takes 64, so that rows are read half as often.</remarks>
    public static SimilarityTile For(bool wide, bool tensor, int queries, int neighbours)
    {
        if (tensor)
        {
            // Lists of 64 for 64 queries would leave no local memory for the rows that are under way.
            (int some, int list, int groups) = neighbours > 16 ? (32, AllNeighbours, 5)
                : queries <= 32 ? (32, 16, 6) : (64, 16, 4);
            return new($"Tensor{some}x{list}", Kernel.Tensor, 1, 1, some, 1, 1, wide ? 1 : 256, list, groups);
        }

        return (wide, queries) switch
        {
            (true, < 4) => new("WideFew", Kernel.Vector, 16, 4, 1, 1, 1, 1, AllNeighbours, 8),
            (true, _) => new("WideMany", Kernel.Vector, 16, 4, 4, 1, 8, 1, AllNeighbours, 8),
            (false, 1) => new("One", Kernel.Streamed, 1, 1, 1, 1, 1, 256, AllNeighbours, 8),
            (false, <= 8) => new("Few", Kernel.Streamed, 1, 1, 8, 1, 1, 256, AllNeighbours, 4),
            (false, _) => new("Many", Kernel.Vector, 2, 1, 8, 4, 1, 256, AllNeighbours, 8),
        };
    }

    /// <summary>The kernel that searches.</summary>
    /// <param name="type">How the rows are stored.</param>
    public string Entry(RowType type)
    {
        string vector = type switch
        {
            RowType.F32 => "similarity_f32",
            RowType.F16 => "similarity_f16",
            _ => "similarity_i8",
        };
        return Kind switch
        {
            Kernel.Tensor => "similarity_mma",
            Kernel.Streamed => $"{vector}_streamed",
            _ => vector,
        };
    }

    /// <summary>The source with this tile.</summary>
    /// <param name="type">How the rows are stored.</param>
    public KernelSource Source(RowType type) => KernelSource.Embedded(
        [Shared, $"Similarity/Similarity{Kind}.cl"], $"{type}{Name}",
        [
            new("TYPE", (int)type), new("LIST", List), new("VEC", Vector), new("RV", Vectors), new("WB", ItemQueries),
            new("LY", ItemRows), new("PASSES", Passes), new("MERGE", MergeItems), new("TILE", Rows), new("ROOM", Room),
        ]);
}
