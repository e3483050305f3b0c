using Engine.Items;

namespace Engine.Pipeline.Generate;

/// <summary>What a generator returns for one prompt.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Lineage">What is needed to make it again, at most 64 short entries.</param>
public sealed record Generated(RgbImage Image, IReadOnlyDictionary<string, string> Lineage);
