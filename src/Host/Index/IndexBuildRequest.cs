using Engine.Crops;
using Kernels.Similarity;

namespace Host.Index;

/// <summary>What an index is to be built of; one kind of source is named.</summary>
/// <param name="Path">The index file.</param>
/// <param name="Model">The embedder's folder.</param>
internal sealed record IndexBuildRequest(string Path, string Model)
{
    /// <summary>Whether the file is there and gets more rows.</summary>
    public bool Adds { get; init; }

    /// <summary>COCO's or LVIS's json.</summary>
    public string? Coco { get; init; }

    /// <summary>The json's pictures.</summary>
    public string? Images { get; init; }

    /// <summary>One folder a category.</summary>
    public string? Folder { get; init; }

    /// <summary>Embeddings.</summary>
    public string? Npy { get; init; }

    /// <summary>The embeddings' ids.</summary>
    public string? Ids { get; init; }

    /// <summary>Shards of embeddings.</summary>
    public IReadOnlyList<string> Shards { get; init; } = [];

    /// <summary>How objects are cut out.</summary>
    public CropRecipe Recipe { get; init; } = new();

    /// <summary>How values are stored.</summary>
    public RowType Type { get; init; } = RowType.F16;

    /// <summary>Pictures a run.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>The recipe in words, as the index keeps it: embeddings that exist were prepared elsewhere.</summary>
    public string RecipeText => Npy is not null || Shards.Count > 0
        ? "as given"
        : Folder is not null ? CropRecipe.WholePicture.Text
        : Recipe.Text;
}
