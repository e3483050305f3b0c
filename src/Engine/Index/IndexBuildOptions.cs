using Kernels.Similarity;

namespace Engine.Index;

/// <summary>How an index is built.</summary>
/// <param name="Path">The file that is made.</param>
/// <param name="EmbedderRevision">Names the model and how it prepares pictures.</param>
/// <param name="Recipe">How pictures were prepared before that.</param>
/// <param name="Width">D, values of an embedding.</param>
/// <param name="Batch">Pictures embedded in one call at most, 1 or more.</param>
public sealed record IndexBuildOptions(string Path, string EmbedderRevision, string Recipe, int Width, int Batch)
{
    /// <summary>How values are stored. Default f16: half the bytes, a cosine off by 5e-4 at most.</summary>
    public RowType Type { get; init; } = RowType.F16;
}
