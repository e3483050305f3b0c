using Engine.Items;

namespace Engine.Index;

/// <summary>Turns pictures into rows.</summary>
/// <param name="pictures">1 or more.</param>
/// <param name="stopping">Ends it.</param>
/// <returns>One [D] f32 of length 1 a picture, in order; null for one that gave no finite row.</returns>
public delegate ValueTask<IReadOnlyList<float[]?>> RowEmbedder(
    IReadOnlyList<RgbImage> pictures, CancellationToken stopping);
