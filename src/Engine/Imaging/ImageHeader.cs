namespace Engine.Imaging;

/// <summary>What an image file says of itself.</summary>
/// <param name="Format">The format: png, jpeg, webp, gif or tiff.</param>
/// <param name="Width">Width in px as stored, before any orientation is applied.</param>
/// <param name="Height">Height in px of the first frame.</param>
/// <param name="Bands">Channels, alpha included.</param>
/// <param name="Frames">Frames or pages, at least 1.</param>
public readonly record struct ImageHeader(string Format, int Width, int Height, int Bands, int Frames);
