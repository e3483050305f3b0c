namespace Engine.Index.Sources;

/// <summary>A real object that was embedded elsewhere.</summary>
/// <param name="Id">What the source calls it.</param>
/// <param name="Category">Its category's name.</param>
/// <param name="Point">[d] f32 as stored: finite, not all zero, not brought to length 1 here.</param>
public sealed record RealEmbedding(string Id, string Category, float[] Point);
