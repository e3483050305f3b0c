using Engine.Items;

namespace Engine.Runtimes.Library;

/// <summary>A composed picture with what only tests and quality figures may see: the exact alpha.</summary>
/// <param name="Image">The object on white.</param>
/// <param name="Alpha">[height, width], 0 outside the object to 255 inside. Never becomes a sample's mask.</param>
/// <param name="Lineage">Source, name, scale, turn, where the centre lies, and seed.</param>
public sealed record LibraryComposition(
    RgbImage Image, byte[] Alpha, IReadOnlyDictionary<string, string> Lineage);
